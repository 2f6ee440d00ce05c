#!/usr/bin/env bash
# A rolling upgrade under load, from the last release to this version: four workers, both versions side by side on the same fences, in place
# (static members, as under systemd) and with the new one first (as in a Deployment); and one step back. No lane may stand still for more than
# 5 s while records wait for it; counters and scores are exact at the end. Ends with "N passed, N failed".
# usage: tests/rolling.sh [REF]      the older version; default: the newest tag, else the commit that released the newest schemas
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
source tests/e2e/stack.sh
foreign_client || exit 1
released() {
  git describe --tags --abbrev=0 2> /dev/null || git log --diff-filter=A -1 --format=%h -- "$(find schemas/released -mindepth 1 -maxdepth 1 | sort -V | tail -1)"
}
ref=${1:-$(released)}
older=$(mktemp -d); trap 'rm -rf "$older"' EXIT
git archive "$ref" | tar -x -C "$older" || exit 1
(cd "$older" && cmake --preset release && cmake --build --preset release --target microflux) > "$older/log" 2>&1 || { tail "$older/log"; exit 1; }
echo "from $ref: $("$older/build/microflux" --version | head -1)"
export OLD_MICROFLUX=$older/build/microflux PYTHON=$venv/bin/python
check "in place, four static members" tests/faults/run.sh --scenario rolling
check "the new one first" tests/faults/run.sh --scenario rolling_surge
summary
