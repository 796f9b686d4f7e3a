#!/usr/bin/env bash
# Assembles the sandbox programs of sandbox/ into the package, or into the folder given.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-gitpod_sync/engines/docker/sandbox}
declare -A prefixes=([amd64]=x86_64-linux-gnu [arm64]=aarch64-linux-gnu)

need_binutils() {
    local missing=()
    for prefix in "${prefixes[@]}"; do
        command -v "$prefix-as" >/dev/null || missing+=("binutils-${prefix//_/-}")
    done
    if ((${#missing[@]} == 0)); then
        return
    fi
    if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
        echo "make sandbox: an assembler is missing; install the Debian packages: ${missing[*]}" >&2
        exit 1
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

need_binutils
objects=$(mktemp -d)
trap 'rm -r "$objects"' EXIT
mkdir -p "$target"
for architecture in "${!prefixes[@]}"; do
    prefix=${prefixes[$architecture]}
    "$prefix-as" -o "$objects/$architecture" "sandbox/$architecture.S"
    "$prefix-objcopy" --output-target binary --only-section .text "$objects/$architecture" "$target/$architecture"
    chmod 755 "$target/$architecture"
done
