#!/bin/sh
# Run by `meson install`: lays the assets out beside the templates. They are the ones `make build` made, or are made now.
set -eu
to=${MESON_INSTALL_DESTDIR_PREFIX:?}/share/sanzhi/assets
from=$MESON_BUILD_ROOT/assets
[ -d "$from" ] || "$MESON_SOURCE_ROOT/tools/assets.sh" "$from"
rm -rf "$to"
mkdir -p "$to"
cp -R "$from/." "$to/"
find "$to" -type d -exec chmod 755 {} +
find "$to" -type f -exec chmod 644 {} +
