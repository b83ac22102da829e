#!/bin/sh
# Runs the programs for libFuzzer, each for some seconds. What they find is written to Findings; what
# they learn goes to Corpus, which no commit holds, on top of Seeds.
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
    ".build/release/$name" -max_total_time="$seconds" -max_len=8192 -print_final_stats=1 \
        -artifact_prefix="Findings/$name-" "Corpus/$name" "Seeds/$name"
done
