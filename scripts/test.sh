#!/usr/bin/env bash
# Runs every test that is built, and says at the end once more what has failed.
#
# Those with real processes and clocks run one after the other. Those that only compute run beside them,
# on what the others leave of the processors.
set -uo pipefail
cd "$(dirname "$0")/.."
pure='^((NanoCoreTests|NanoTUITests|TidyTests)\.|NanoServeTests\.(Journal|Delivery)SimulationTests)'
log=$(mktemp) pure_log=$(mktemp)
aside=
trap '[ -z "$aside" ] || kill "$aside" 2> /dev/null; rm -f "$log" "$pure_log"' EXIT
test=("${SWIFT:-swift}" test --skip-build --no-parallel)

# Two of `swift test` get in each other's way; what they run does not. Where that is no program of its
# own, which is so on macOS, both run one after the other.
program=.build/debug/nanogridataPackageTests.xctest
[ -f "$program" ] || program=

run_aside() {
  [ -n "$program" ] || return 0
  # Where the scheduler has a class for what is left over; elsewhere politely.
  if command -v chrt > /dev/null; then
    chrt --idle --pid 0 "$BASHPID" > /dev/null 2>&1 || renice -n 19 -p "$BASHPID" > /dev/null
  fi
  exec "$program" --testing-library swift-testing --no-parallel --filter "$pure" 2>&1
}

run_aside > "$pure_log" &
aside=$!
"${test[@]}" ${program:+--skip "$pure"} 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
wait "$aside" || status=1
aside=
cat "$pure_log"
if [ "$status" -ne 0 ]; then
  printf '\nWhat has failed:\n'
  cat "$log" "$pure_log" | grep -A 2 -E 'recorded an issue|Fatal error|unexpected signal' \
    | cut -c 1-400 | tail -n 60
fi
exit "$status"
