#!/usr/bin/env bash
# Runs every test that is built, one after the other, and says at the end once more what has failed.
set -uo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT

"${SWIFT:-swift}" test --skip-build --no-parallel 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
  printf '\nWhat has failed:\n'
  grep -A 2 -E 'recorded an issue|Fatal error|unexpected signal' "$log" | cut -c 1-400 | tail -n 60
fi
exit "$status"
