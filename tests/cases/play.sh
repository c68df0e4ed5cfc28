#!/bin/sh
# Plays every scenario of a folder: play.sh SANZHI FOLDER. What did not come as expected is printed; all verdicts are left in the build for both_sides.py.
exec "$1" play --failed --verdicts "$SANZHI_BUILD/tests/cases/$2.verdicts.json" tests/cases/"$2"/*.yaml
