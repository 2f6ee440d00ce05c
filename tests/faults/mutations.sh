#!/usr/bin/env bash
# Bugs planted into a copy of the tree, each one a patch: the named run must find it. Prints "N passed, N failed".
# usage: mutations.sh [NAME…]      default: all of mutations/*.patch
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../e2e/stack.sh"

# What finds it: seed and kinds of a run of the fault suite, or another test.
declare -A run=(
  [no-watch]='--seed 1 --only worker_zombie_write --minutes 0.6'
  [fence-by-epoch]='--seed 1 --only idle_rewound --minutes 0.1'
  [no-idle-check]='--seed 1 --only idle_rewound --minutes 0.1'
  [positions-from-kafka]='--seed 1 --only worker_kill --minutes 0.2'
  [scores-before-exec]='--seed 1 --only net_stall --minutes 0.3 --creators 1000'
  [cache-kept]='--seed 1 --only redis_lost_tail,redis_rewound --minutes 0.2'
  [published-unreported]='--seed 1 --only idle_killed --minutes 0.1'
  [rekey-positions-kept]='tests/e2e/rekey.sh 80 2'
)

tree=$(mktemp -d); trap 'rm -rf "$tree"' EXIT
(cd "$root" && tar c CMakeLists.txt include schemas data workers deploy tests) | tar x -C "$tree"
build() { cmake -S "$tree" -B "$tree/build" -G Ninja '-DCMAKE_C_FLAGS=-O0' && cmake --build "$tree/build" --target microflux; }

# caught NAME: the planted bug is in the program, and the run says what differs.
caught() {
  local began line command=("$here/run.sh" --patience 30)
  # shellcheck disable=SC2206
  case ${run[$1]} in --*) command+=(${run[$1]}) ;; *) command=("$root"/${run[$1]}) ;; esac
  patch -s -p1 -d "$tree" < "$here/mutations/$1.patch" && build > "$tree/build.log" 2>&1 || { tail -5 "$tree/build.log"; return 1; }
  began=$SECONDS
  for _ in 1 2 3; do # on a busy machine a worker may lose its session at the wrong moment and be saved by that
    FAULTS_RESULTS='' MICROFLUX_BINARY=$tree/build/microflux "${command[@]}" > "$tree/out" 2>&1 || break
  done
  patch -s -R -p1 -d "$tree" < "$here/mutations/$1.patch"
  line=$(grep -m1 -E '^FAIL +(creator|fence|after|at|committed|[a-z]+: every record once)' "$tree/out" | sed 's/^FAIL *//' | cut -c1-200)
  [ -n "$line" ] || { tail -5 "$tree/out"; return 1; }
  echo "$line"
  PYTHONPATH=$here python3 -c '
import checks, sys
patch, run, seconds, found = sys.argv[1:]
checks.keep({"patch": patch, "run": run, "seconds": int(seconds), "found": found})' "$1" "${run[$1]}" $((SECONDS - began)) "$line"
}

[ $# -gt 0 ] || set -- "$here"/mutations/*.patch
for name in "${@##*/}"; do
  name=${name%.patch}
  check "planted bug found: $name (${run[$name]:-})" caught "$name"
done
summary
