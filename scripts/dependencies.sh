#!/usr/bin/env bash
# Installs the system packages that are missing, and says what it does.
#   scripts/dependencies.sh          what building and running need
#   scripts/dependencies.sh --test   also what the tests run against
set -euo pipefail

packages=(libncurses-dev libpq-dev libqrencode-dev libsqlite3-dev libssl-dev)
[ "${1:-}" = "--test" ] && packages+=(curl tmux prometheus openssl influxdb victoria-metrics postgresql zbar-tools tcpdump tshark)

missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null \
    | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "Nanogridata needs these packages (Debian's names): ${missing[*]}" >&2
  echo "Install your system's equivalents and run this again." >&2
  exit 1
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "Run as root: apt-get install ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi

echo "Installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
# The metrics are checked with promtool, and tests start databases of their own; the packages
# would also start servers.
if [[ " ${missing[*]} " =~ \ (prometheus|influxdb|victoria-metrics|postgresql)\  ]] \
  && [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee /usr/sbin/policy-rc.d >/dev/null
  "${as_root[@]}" chmod +x /usr/sbin/policy-rc.d
  trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
