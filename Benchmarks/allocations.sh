#!/bin/sh
# Counts the allocations of judging frames; fails if there is one for a frame.
#
#     Benchmarks/allocations.sh [FRAMES]
set -eu
cd "$(dirname "$0")"
swift build -c release --product IntakeBenchmark
counter=.build/malloc_count.so
cc -O2 -Wall -Wextra -shared -fPIC -o "$counter" AllocationCounter/malloc_count.c
LD_PRELOAD="$PWD/$counter" .build/release/IntakeBenchmark "${1:-50000}"
