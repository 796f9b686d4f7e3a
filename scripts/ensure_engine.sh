#!/usr/bin/env bash
# Exits 0 when a Docker Engine answers (DOCKER_HOST respected), after installing and starting Debian's if need be and
# if run as root; otherwise says in one line what to do and exits 3. An engine that runs already is never touched.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build

answers() {
    .venv/bin/python - <<'PYTHON' >/dev/null 2>&1
import docker
docker.APIClient(**docker.utils.kwargs_from_env(), version="auto", timeout=5).close()
PYTHON
}

give_up() {
    echo "engine: $*" >&2
    exit 3
}

install() {
    [ -n "$missing" ] || return 0
    echo "engine: installing$missing"
    # shellcheck disable=SC2086 # a list of packages
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >build/engine-install.log 2>&1 ||
        give_up "the installation failed; see build/engine-install.log"
}

start() {
    echo "engine: starting dockerd"
    if [ -d /run/systemd/system ]; then
        systemctl start docker
    else
        setsid dockerd >build/dockerd.log 2>&1 </dev/null 9>&- &
        daemon=$!
    fi
    for _ in $(seq 120); do
        if answers; then return 0; fi
        if [ -n "${daemon:-}" ] && ! kill -0 "$daemon" 2>/dev/null; then
            give_up "dockerd ended: $(tail -n 1 build/dockerd.log)"
        fi
        sleep 0.5
    done
    give_up "dockerd did not answer within 60 s; see build/dockerd.log"
}

# Two at once would both install and both start.
exec 9>build/engine.lock
flock 9

# The images of demo and tests are made from static busybox.
missing=""
command -v busybox >/dev/null || [ -x /bin/busybox ] || missing=" busybox-static"
if answers; then
    if [ -n "$missing" ] && [ "$(id -u)" = 0 ]; then install; fi
    exit 0
fi
[ -z "${DOCKER_HOST:-}" ] || give_up "no Docker Engine answers at DOCKER_HOST=$DOCKER_HOST; start it, or unset DOCKER_HOST"
[ "$(id -u)" = 0 ] || give_up "no Docker Engine answers; start one, join its group, or run make as root on Debian"
command -v apt-get >/dev/null || give_up "no Docker Engine answers; install and start one (this is no Debian machine)"
command -v dockerd >/dev/null || missing="$missing docker.io iptables"
install
start
