#!/usr/bin/env bash
# Exits 0 when there is a registry program for the tests: one on the PATH, or Debian's, unpacked into build/registry.
# Nothing is installed and no service is started, so it needs no root; otherwise it says in one line why and exits 3.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build

give_up() {
    echo "registry: $*; the tests that need it are skipped" >&2
    exit 3
}

# Two at once would unpack into each other.
exec 9>build/registry.lock
flock 9

command -v docker-registry >/dev/null && exit 0
[ ! -x build/registry/usr/bin/docker-registry ] || exit 0
command -v apt-get >/dev/null || give_up "there is no docker-registry (this is no Debian machine)"

echo "registry: unpacking Debian's docker-registry into build/registry"
fetch() {
    (cd build && rm -f docker-registry_*.deb && apt-get download -qq docker-registry) >>build/registry.log 2>&1
}
if ! fetch; then
    [ "$(id -u)" = 0 ] || give_up "the package docker-registry cannot be had; as root: apt-get update"
    { apt-get update -qq >>build/registry.log 2>&1 && fetch; } ||
        give_up "the package docker-registry cannot be had; see build/registry.log"
fi
rm -rf build/registry.new
dpkg-deb -x build/docker-registry_*.deb build/registry.new
rm -rf build/registry build/docker-registry_*.deb
mv build/registry.new build/registry
