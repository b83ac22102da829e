#!/bin/sh
# Runs the benchmarks: what judging a frame costs, that it allocates nothing, and, in short, what the
# console costs.
#
#     Benchmarks/run.sh [FRAMES]
set -eu
cd "$(dirname "$0")"
swift build -c release --product IntakeBenchmark
.build/release/IntakeBenchmark "${1:-50000}"
echo
./allocations.sh "${1:-50000}"
# Whole processes need an independent generator, receiver and baseline.
if [ -n "${BENCH_TOOLS:-}" ]; then
    echo
    ./gateway.py all --tools "$BENCH_TOOLS" --binary ../.build/release/nanogridata
    echo
    # Journal, deliveries and attacks in short; each for itself takes longer, and says more.
    ./delivery.py all --rounds 1 --minutes 1 --gigabytes 1 --tools "$BENCH_TOOLS" \
        --binary ../.build/release/nanogridata
    echo
    ./attack.py flood --tools "$BENCH_TOOLS" --binary ../.build/release/nanogridata
fi
echo
./console.py all --percent 10 --rounds 1 --binary ../.build/release/nanogridata
