#!/bin/sh
# Runs the programs for libFuzzer, each for some seconds. What they find is written to Findings; what
# they learn goes to Corpus, which no commit holds, on top of Seeds.
#
#     Fuzz/run.sh [SECONDS]
set -eu
cd "$(dirname "$0")"
# A crash must end the program, not start a debugger that may hang.
export SWIFT_BACKTRACE=enable=no
mkdir -p Findings
for name in FuzzFrames FuzzPayload FuzzDump FuzzGuard; do
    swift build -c release --sanitize fuzzer --product "$name"
    mkdir -p "Corpus/$name"
    ".build/release/$name" -max_total_time="${1:-600}" -max_len=8192 -print_final_stats=1 \
        -artifact_prefix="Findings/$name-" "Corpus/$name" "Seeds/$name"
done
