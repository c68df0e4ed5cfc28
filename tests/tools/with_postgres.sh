#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own: SANZHI_PG_URL names it; it is stopped and removed afterwards.
set -u
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/sanzhi-pg.XXXXXX")
chmod 755 "$dir"
url=$("$here/pg.sh" start "$dir/pg") || { echo "with_postgres: the server did not start" >&2; exit 1; }
trap '"$here/pg.sh" stop "$dir/pg"; rm -rf "$dir"' EXIT
SANZHI_PG_URL=$url "$@"
