#!/usr/bin/env bash
# Makes .venv with the packages that constraints.txt pins by hash, and gitpod-sync itself in editable form.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "setup: $*" >&2
    exit 1
}

python=$(command -v python3.11 || command -v python3) || fail "Python 3.11 is missing; install the package python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer is needed"

# Debian keeps venv in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    [ "$(id -u)" = 0 ] || fail "the venv module is missing; as root: apt-get install python3-venv"
    echo "setup: installing python3-venv"
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
fi

mkdir -p build
echo "setup: installing the pinned packages into .venv"
"$python" -m venv .venv
log=build/setup.log
{
    .venv/bin/python -m pip install --disable-pip-version-check --require-hashes -r constraints.txt &&
        .venv/bin/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --editable .
} >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    fail "pip failed; the whole of it is in $log"
}
# Compiled now, so that running as root later leaves no files of root's in the tree.
.venv/bin/python -m compileall -q gitpod_sync
touch .venv/.installed
