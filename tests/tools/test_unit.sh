#!/usr/bin/env bash
# Whether systemd takes the unit, and how far it is shut in. Exit 77 (skipped) where there is no systemd-analyze.
set -eu
unit=$1
command -v systemd-analyze >/dev/null || { echo "no systemd-analyze here"; exit 77; }
dir=$(mktemp -d "${TMPDIR:-/tmp}/sanzhi-unit.XXXXXX")
trap 'rm -rf "$dir"' EXIT
# The program need not be installed for the unit to be right.
sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' "$unit" > "$dir/sanzhi.service"
said=$(systemd-analyze verify --man=no --recursive-errors=no "$dir/sanzhi.service" 2>&1) || { echo "$said" >&2; exit 1; }
if grep -q 'sanzhi.service' <<<"$said"; then echo "$said" >&2; exit 1; fi
# Exposure from 0 (shut in) to 100 (open): what `systemd-analyze security` says of the unit's file.
if systemd-analyze security --help 2>/dev/null | grep -q -- --offline; then
	systemd-analyze security --no-pager --offline=true --threshold=20 "$dir/sanzhi.service" >"$dir/report" 2>&1 || { tail -5 "$dir/report" >&2; exit 1; }
	tail -1 "$dir/report"
fi
