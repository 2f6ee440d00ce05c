#!/usr/bin/env bash
# The format is checked by machine (.clang-format), by the clang-format of Debian 12 wherever this runs: a later one judges otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! clang-format --version | grep -q 'version 14\.'; then
  venv=${MICROFLUX_CACHE:-$HOME/.cache/microflux}/venv-format
  [ -x "$venv/bin/clang-format" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install -q clang-format==14.0.6; }
  PATH=$venv/bin:$PATH
fi
git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror
