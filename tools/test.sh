#!/usr/bin/env bash
# Runs the tests. `fast`: what belongs before every commit, under a minute (without the suites slow and long). `all`: everything. `sanitize`: units and fuzz corpora under ASan and UBSan.
# Files of flow and browser tests run side by side, one more than there are cores, since each waits half of its time for a browser's frames or the disk; what a step
# prints is shown only where it fails.
set -u
cd "$(dirname "$0")/.."
what=$1 build=$2
export SANZHI_RULEBOOK="$PWD/rulebook" SANZHI_BUILD="$PWD/$build" SANZHI_ASSETS="$PWD/$build/assets" SANZHI_PREVIEW="$PWD/$build/tests/unit/template/template-preview"
cores=$(nproc)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
count=0

# A step with its name, timed; how it ended is kept in a file, since some run beside others.
run() {
	local file=$1 name=$2 started=$SECONDS
	shift 2
	if "$@" >"$file.out" 2>&1; then
		echo "ok   $name ($((SECONDS - started)) s)"
	else
		touch "$file.failed"
		printf '%s\nFAIL %s (%d s)\n' "$(cat "$file.out")" "$name" "$((SECONDS - started))"
	fi
}

step() {
	count=$((count + 1))
	run "$results/$count" "$@"
}

# The same, beside others: comes back as soon as there is room for one more.
beside() {
	count=$((count + 1))
	while [ "$(jobs -rp | wc -l)" -gt "$cores" ]; do
		wait -n
	done
	run "$results/$count" "$@" &
}

# One file of tests by itself, within fifteen minutes, without the lines that only say that all went well.
one() {
	local file=$1 out
	shift
	out=$(timeout 900 "$@" node --test "$file" 2>&1) && return 0
	printf '%s\n' "$out" | grep -vE '^# Subtest|duration_ms|^ *(---|\.\.\.)$' | tail -80
	return 1
}

close() {
	wait
	local failed
	failed=$(find "$results" -name '*.failed' | wc -l)
	echo "steps: $((count - failed)) passed, $failed failed"
	[ "$failed" -eq 0 ]
}

sanitized() {
	[ -f "$1/build.ninja" ] || CC=clang meson setup "$1" . -Dbuildtype=debug -Db_sanitize=address,undefined -Db_lundef=false >/dev/null || return 1
	ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0" \
		meson test -C "$1" --print-errorlogs --no-suite slow --no-suite cases --timeout-multiplier 8
}

case $what in
fast)
	step lint tools/lint.py
	step units meson test -C "$build" --print-errorlogs --no-suite slow --no-suite long
	;;
all)
	step lint tools/lint.py
	step units-and-cases meson test -C "$build" --print-errorlogs
	# The longest first, so that no core waits at the end.
	for file in tests/browser/whole.test.mjs tests/flow/whole.test.mjs $(ls tests/flow/*.test.mjs tests/browser/*.test.mjs | grep -v '/whole\.test'); do
		name=$(basename "$(dirname "$file")")/$(basename "$file" .test.mjs)
		beside "sqlite $name" one "$file" env SANZHI_ENGINE=sqlite
		case $file in tests/browser/whole* | tests/flow/*) beside "postgres $name" one "$file" tests/tools/with_postgres.sh env SANZHI_ENGINE=postgres ;; esac
	done
	wait
	step sanitizers sanitized "$build-asan"
	;;
sanitize)
	step sanitizers sanitized "$build"
	;;
*)
	echo "usage: $0 fast|all|sanitize BUILD" >&2
	exit 2
	;;
esac
close
