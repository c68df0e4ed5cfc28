#!/usr/bin/env bash
# Builds every fuzz target with clang, libFuzzer and the sanitizers and runs each for so long. Usage: tools/fuzz.sh BUILD [SECONDS [TARGET…]]
# SECONDS (default 60) may also be given in the environment. Exit 1 where something was found; the input that shows it is kept below BUILD/found.
set -u
cd "$(dirname "$0")/.."
build=${1:?a build folder}
seconds=${2:-${FUZZ_SECONDS:-60}}
shift
[ $# -gt 0 ] && shift
source=$PWD/tests/fuzz
if [ $# -gt 0 ]; then
	targets=("$@")
else
	targets=()
	for file in "$source"/fuzz_*.c; do
		name=${file##*/fuzz_}
		targets+=("${name%.c}")
	done
fi

# Every object is built for the fuzzer; only the targets link its main.
[ -f "$build/build.ninja" ] || CC=clang meson setup "$build" . -Dbuildtype=debug -Db_sanitize=address,undefined -Db_lundef=false \
	-Dc_args=-fsanitize=fuzzer-no-link >/dev/null || exit 2
ninja -C "$build" "${targets[@]/#/tests/fuzz/fuzz-}" >/dev/null || { ninja -C "$build" "${targets[@]/#/tests/fuzz/fuzz-}" | tail -20; exit 2; }
mkdir -p "$build/found"

failed=0
for name in "${targets[@]}"; do
	work=$build/corpus/$name
	mkdir -p "$work"
	dict=()
	[ -f "$source/$name.dict" ] && dict=("-dict=$source/$name.dict")
	if ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0" \
		"$build/tests/fuzz/fuzz-$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 \
		"${dict[@]}" -artifact_prefix="$build/found/$name-" "$work" "$source/corpus/$name" >"$build/$name.log" 2>&1; then
		echo "ok    $name ($(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log") inputs in $seconds s)"
	else
		failed=1
		echo "FOUND $name: see $build/$name.log"
		grep -E 'ERROR|SUMMARY|runtime error|Test unit written' "$build/$name.log" | head -5
	fi
done
exit $failed
