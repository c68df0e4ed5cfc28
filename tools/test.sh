#!/usr/bin/env bash
# Runs the tests. `fast`: what belongs before every commit, under a minute. `all`: everything. `sanitize`: units and cases under ASan and UBSan.
set -u
cd "$(dirname "$0")/.."
what=$1 build=$2
passed=0 failed=0
export SANZHI_RULEBOOK="$PWD/rulebook" SANZHI_BUILD="$PWD/$build" SANZHI_ASSETS="$PWD/$build/assets" SANZHI_PREVIEW="$PWD/$build/tests/unit/template/template-preview"

step() {
	local name=$1 started=$SECONDS
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ok   $name ($((SECONDS - started)) s)"
	else
		failed=$((failed + 1))
		echo "FAIL $name ($((SECONDS - started)) s)"
	fi
}

# One file of tests by itself, within ten minutes; what it prints is shown only where it fails.
one() {
	local file=$1 out
	shift
	out=$(timeout 600 "$@" node --test "$file" 2>&1) && return 0
	printf '%s\n' "$out" | grep -vE '^# Subtest|duration_ms|^ *(---|\.\.\.)$' | tail -80
	return 1
}

close() {
	echo "steps: $passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

sanitized() {
	[ -f "$1/build.ninja" ] || CC=clang meson setup "$1" . -Dbuildtype=debug -Db_sanitize=address,undefined -Db_lundef=false >/dev/null || return 1
	ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0" \
		meson test -C "$1" --print-errorlogs --no-suite slow --timeout-multiplier 8
}

case $what in
fast)
	step lint tools/lint.py
	step units meson test -C "$build" --print-errorlogs --no-suite slow
	;;
all)
	step lint tools/lint.py
	step units-and-cases meson test -C "$build" --print-errorlogs
	for file in tests/flow/*.test.mjs; do
		step "sqlite $(basename "$file" .test.mjs)" one "$file" env SANZHI_ENGINE=sqlite
		step "postgres $(basename "$file" .test.mjs)" one "$file" tests/tools/with_postgres.sh env SANZHI_ENGINE=postgres
	done
	for file in tests/browser/*.test.mjs; do
		step "browser sqlite $(basename "$file" .test.mjs)" one "$file" env SANZHI_ENGINE=sqlite
	done
	if [ -f tests/browser/whole.test.mjs ]; then
		step 'browser postgres whole' one tests/browser/whole.test.mjs tests/tools/with_postgres.sh env SANZHI_ENGINE=postgres
	fi
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
