#!/usr/bin/env bash
# Measures the program beside what it is held against, on this machine, in one run, and prints a table. Usage: tools/bench.sh BUILD [--quick]
# Nothing fails where a target is missed: figures of a machine are no test. Files lie in a temporary folder; all that is started is stopped.
set -eu
cd "$(dirname "$0")/.."
build=${1:?a build folder}
shift
case $build in /*) ;; *) build=$PWD/$build ;; esac
ninja -C "$build" src/cli/sanzhi bench/load bench/judge bench/fill bench/rows >/dev/null
tools/assets.sh "$build/assets" >/dev/null
export SANZHI_BUILD="$build" SANZHI_RULEBOOK="$PWD/rulebook"
exec node bench/run.mjs "$@"
