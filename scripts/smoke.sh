#!/usr/bin/env bash
# Runs a gateway with embedded receivers and a fleet for some seconds, asks its API, stops it.
#   scripts/smoke.sh PATH-TO-NANOGRIDATA
set -euo pipefail

binary=$1
folder=$(mktemp -d)
log=$folder/log
gateway=

finish() {
  status=$?
  [ -z "$gateway" ] || kill -KILL "$gateway" 2>/dev/null || true
  [ $status -eq 0 ] || { echo "smoke run failed; the gateway said:" >&2; tail -40 "$log" >&2; }
  rm -rf "$folder"
}
trap finish EXIT

fail() { echo "smoke: $*" >&2; exit 1; }

# Whatever service this machine runs already, take ports of our own.
base=$((20000 + RANDOM % 20000))
NANOGRIDATA_STATE_DIR=$folder/state NANOGRIDATA_PORT=$base METRICS_PORT=$((base + 1)) \
  "$binary" serve --embedded --alba-port $((base + 2)) --cycle-port $((base + 3)) --fleet 20 \
  >"$log" 2>&1 &
gateway=$!

api=http://127.0.0.1:$((base + 1))
field() { curl -fsS "$api/stats" | tr -d ' \n' | sed -n "s/.*\"$1\":{[^}]*\"$2\":\([0-9]*\).*/\1/p"; }

for _ in $(seq 100); do
  curl -fsS "$api/ready" >/dev/null 2>&1 && break
  kill -0 "$gateway" 2>/dev/null || fail "the gateway ended while starting"
  sleep 0.1
done
curl -fsS "$api/health" >/dev/null || fail "/health does not answer"

for _ in $(seq 100); do
  delivered=$(field alba delivered || true)
  [ "${delivered:-0}" -ge 50 ] && break
  sleep 0.2
done
[ "${delivered:-0}" -ge 50 ] || fail "ALBA took only ${delivered:-no} packets within 20 s"
[ "$(field packets accepted)" -ge 50 ] || fail "fewer than 50 packets were accepted"
curl -fsS "$api/metrics" | promtool check metrics || fail "promtool finds fault with /metrics"

kill -TERM "$gateway"
for _ in $(seq 100); do kill -0 "$gateway" 2>/dev/null || break; sleep 0.1; done
wait "$gateway" && status=0 || status=$?
gateway=
[ $status -eq 0 ] || fail "the gateway ended with $status on SIGTERM"
echo "smoke: $delivered packets from the fleet to ALBA; a clean stop"
