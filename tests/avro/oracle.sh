#!/usr/bin/env bash
# Avro decoding against fastavro and avro-c: random writers, values and lies about them.
# usage: oracle.sh [--long] [--strict] [SEED]     about 20 s; --long 5 minutes; --strict also makes what is known to differ
# Environment: BUILD (build: the folder oracle_decode was built in), MICROFLUX_CACHE (~/.cache/microflux: its venv holds fastavro, which
# Debian does not package). Ends with one line "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
seconds=20 strict='' seed=''
for word in "$@"; do
  case $word in
  --long) seconds=300 ;;
  --strict) strict=--strict ;;
  [0-9]*) seed=$word ;;
  *) sed -n 3p "$0" >&2; exit 64 ;;
  esac
done
build=${BUILD:-build} venv=${MICROFLUX_CACHE:-$HOME/.cache/microflux}/venv
[ -x "$build/oracle_decode" ] || { echo "$build/oracle_decode is not built: cmake --build $build --target oracle_decode"; exit 1; }
if ! "$venv/bin/python" -c 'import fastavro' 2> /dev/null; then
  { python3 -m venv "$venv" && "$venv/bin/pip" install -q fastavro==1.13.1; } > /dev/null 2>&1 ||
    { echo "skipped: fastavro is not in $venv and pip could not install it (is there a network?)"; exit 1; }
fi
# avro-c leaks, and the oracle asks it too
ASAN_OPTIONS=detect_leaks=0 "$venv/bin/python" tests/avro/oracle.py ${strict:+"$strict"} "$build/oracle_decode" \
  "${seed:-$((RANDOM * 32768 + RANDOM))}" "$seconds"
