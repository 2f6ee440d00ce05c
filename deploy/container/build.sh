#!/usr/bin/env bash
# The build stage, from the top of the sources, after deploy/packages.sh build: binary and catalogues, stripped, under /usr/local; then all
# that the last stage holds, in FOLDER. usage: build.sh FOLDER
set -euo pipefail
cmake --preset release
cmake --build --preset release --target microflux
cmake --install build --strip
"$(dirname "$0")/collect.sh" "$1"
