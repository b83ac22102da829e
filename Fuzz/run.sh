#!/bin/sh
# Runs the programs for libFuzzer, each for some seconds, as many at once as there are processors. What
# they find is written to Findings; what they learn goes to Corpus, which no commit holds, on top of Seeds.
#
#     Fuzz/run.sh [SECONDS [NAME ...]]
set -eu
cd "$(dirname "$0")"
# A crash must end the program, not start a debugger that may hang.
export SWIFT_BACKTRACE=enable=no
mkdir -p Findings
seconds="${1:-600}"
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- FuzzFrames FuzzPayload FuzzDump FuzzCapture FuzzGuard FuzzLines FuzzTheme FuzzSettings \
    FuzzAnswer FuzzAdmin FuzzJournal
for name; do
    # Readers of answers, requests and journals are nobody else's business, and fuzzed all the same.
    swift build -c release --sanitize fuzzer -Xswiftc -enable-testing --product "$name"
    mkdir -p "Corpus/$name"
done
# Each tells what it did when it is done, in one piece. One that has found something fails all.
export seconds
printf '%s\n' "$@" | xargs -P "$(getconf _NPROCESSORS_ONLN)" -I NAME sh -c '
    log=$(mktemp)
    status=0
    ".build/release/NAME" -max_total_time="$seconds" -max_len=8192 -print_final_stats=1 \
        -artifact_prefix="Findings/NAME-" "Corpus/NAME" "Seeds/NAME" > "$log" 2>&1 || status=1
    echo "== NAME"
    if [ $status -eq 0 ]; then grep -E "^Done|^stat::" "$log"; else tail -n 60 "$log"; fi
    rm -f "$log"
    exit $status'
