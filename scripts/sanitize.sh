#!/usr/bin/env bash
# Runs tests under a sanitizer, with a build of its own, and fails when anything is found.
#   scripts/sanitize.sh address|thread [FILTER]
set -euo pipefail
cd "$(dirname "$0")/.."

kind=$1
filter=${2:-.}
swift=${SWIFT:-swift}
build=$PWD/.build-$kind
findings=$build/findings

# The toolchain's backtracer can hang behind a crash.
export SWIFT_BACKTRACE=enable=no
# Gateways that tests start are sanitized too, and nobody reads what most of them write: each process
# that finds something leaves a file.
export ASAN_OPTIONS=detect_leaks=0:log_path=$findings/report
export TSAN_OPTIONS=log_path=$findings/report

"$swift" build --build-tests --sanitize "$kind" --scratch-path "$build"
if [ "$kind" = thread ] && [ "$(uname -s)" = Linux ]; then
  "$(dirname "$(readlink -f "$(command -v "$swift")")")/clang" -shared -fPIC -O1 \
    -o "$build/mutex.so" Tests/sanitizers/mutex.c
  export LD_PRELOAD=$build/mutex.so
fi
rm -rf "$findings"
mkdir -p "$findings"
status=0
"$swift" test --skip-build --sanitize "$kind" --scratch-path "$build" --no-parallel \
  --filter "$filter" || status=$?
reports=$(find "$findings" -type f)
[ -z "$reports" ] || {
  printf 'the %s sanitizer has found something:\n%s\n' "$kind" "$reports" >&2
  exit 1
}
exit $status
