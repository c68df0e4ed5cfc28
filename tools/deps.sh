#!/usr/bin/env bash
# Installs the Debian packages that are missing, with sudo where the user is not root. Quiet when all are there.
set -eu
cd "$(dirname "$0")/.."
missing=()
while read -r package; do
	case $package in ''|'#'*) continue ;; esac
	dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
done < tools/packages.txt
# Node.js may come from elsewhere than Debian; what counts is that it is there.
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
if [ "${#missing[@]}" -gt 0 ]; then
	echo "installing: ${missing[*]}"
	as_root=()
	[ "$(id -u)" -eq 0 ] || as_root=(sudo)
	"${as_root[@]}" apt-get update -qq
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
