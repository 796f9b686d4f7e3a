#!/usr/bin/env bash
# Writes constraints.txt anew: the newest versions of everything that pyproject.toml names, with their hashes.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check pip-tools
# What builds the project itself is installed the same way, because it is built without isolation.
printf 'hatchling\neditables\n' >"$tools/build.in"
"$tools/bin/pip-compile" --quiet --generate-hashes --allow-unsafe --strip-extras --extra dev --no-header \
    --no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
    --output-file constraints.txt pyproject.toml "$tools/build.in"
