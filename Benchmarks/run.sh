#!/bin/sh
# Runs the benchmarks: what judging a frame costs, and that it allocates nothing.
#
#     Benchmarks/run.sh [FRAMES]
set -eu
cd "$(dirname "$0")"
swift build -c release --product IntakeBenchmark
.build/release/IntakeBenchmark "${1:-50000}"
echo
./allocations.sh "${1:-50000}"
