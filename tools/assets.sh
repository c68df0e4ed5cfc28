#!/bin/sh
# Makes the directory of assets that the program serves. Usage: tools/assets.sh OUTPUT_DIR [STAMP]
# Fetches the npm packages by package-lock.json where they are not there yet (or not of these versions); STAMP, where given, is touched at the end.
set -eu
[ $# -ge 1 ] || { echo "use: tools/assets.sh OUTPUT_DIR [STAMP]" >&2; exit 2; }
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
if ! cmp -s "$root/package-lock.json" "$root/node_modules/.sanzhi-lock"; then
	(cd "$root" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
	cp "$root/package-lock.json" "$root/node_modules/.sanzhi-lock"
fi
rm -rf "$1/img"
node "$root/tools/assets/build.mjs" "$1"
if [ $# -ge 2 ]; then touch "$2"; fi
