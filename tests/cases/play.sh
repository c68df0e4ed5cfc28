#!/bin/sh
# Plays every scenario of a folder: play.sh SANZHI FOLDER. What did not come as expected is printed.
exec "$1" play --failed tests/cases/"$2"/*.yaml
