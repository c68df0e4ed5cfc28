#!/bin/sh
# A PostgreSQL server for tests: started in a folder of its own, on the loopback only, ended with it.
#   pg.sh start DIR PORT   makes DIR where it is missing (a cluster stays for the next start), starts the server, and
#                          prints its URL; PORT 0 takes a free one. Exit 77 where PostgreSQL is not installed.
#   pg.sh kill DIR         stops it at once, as a crash would
#   pg.sh freeze DIR       lets it stand still, connections and all, as a machine that swaps or a disk that hangs does
#   pg.sh thaw DIR         lets it go on
#   pg.sh stop DIR         stops it and removes DIR
# The server keeps fsync on: what the tests say about durability they say about the real thing.
set -eu

bin=
for dir in "${SANZHI_PG_BIN:-}" /usr/lib/postgresql/15/bin /usr/lib/postgresql/1[6-9]/bin; do
	if [ -n "$dir" ] && [ -x "$dir/initdb" ]; then bin=$dir; break; fi
done
if [ -z "$bin" ]; then
	echo "pg.sh: PostgreSQL 15 is not installed" >&2
	exit 77
fi
verb=${1:?start, kill, freeze, thaw or stop} dir=${2:?a folder}

# PostgreSQL refuses to run as root.
user=
if [ "$(id -u)" = 0 ]; then
	user=nobody
	if id postgres >/dev/null 2>&1; then user=postgres; fi
fi
as() {
	if [ -z "$user" ]; then "$@"; else (cd / && runuser -u "$user" -- "$@"); fi
}

case $verb in
start)
	port=${3:-0}
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd)
	if [ -n "$user" ]; then chown "$user" "$dir"; fi
	chmod 0700 "$dir"
	if [ ! -f "$dir/data/PG_VERSION" ]; then
		as "$bin/initdb" -D "$dir/data" -U sanzhi -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 ||
			{ cat "$dir/initdb.log" >&2; exit 1; }
	fi
	if [ "$port" = 0 ]; then
		port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	fi
	as "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 30 -o "-c listen_addresses=127.0.0.1 -c port=$port \
		-c unix_socket_directories='' -c shared_buffers=64MB -c max_connections=60 -c fsync=on" start >/dev/null ||
		{ cat "$dir/data/server.log" >&2; exit 1; }
	echo "postgres://sanzhi@127.0.0.1:$port/postgres"
	;;
kill)
	as "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null
	;;
freeze | thaw)
	signal=STOP
	if [ "$verb" = thaw ]; then signal=CONT; fi
	parent=$(head -n 1 "$dir/data/postmaster.pid")
	kill -s "$signal" "$parent" # first: no more children
	for child in $(ps -o pid= --ppid "$parent"); do kill -s "$signal" "$child" 2>/dev/null || true; done
	;;
stop)
	if [ -f "$dir/data/postmaster.pid" ]; then kill -s CONT "$(head -n 1 "$dir/data/postmaster.pid")" 2>/dev/null || true; fi
	if [ -f "$dir/data/postmaster.pid" ]; then as "$bin/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null || true; fi
	rm -rf "$dir"
	;;
*)
	echo "pg.sh: start, kill, freeze, thaw or stop" >&2
	exit 2
	;;
esac
