#!/usr/bin/env bash
# The faults of every change: the zombie, the lost tail, and two seeds that together have every kind of fault. The nightly has longer ones.
# usage: change.sh
set -uo pipefail
cd "$(dirname "$0")" || exit 1
passed=0 failed=0
for run in zombie.sh rewind.sh 'run.sh --seed 269 --faults 6' 'run.sh --seed 333 --faults 6'; do
  echo "== $run"
  out=$(./$run 2>&1); echo "$out"
  line=$(tail -1 <<< "$out")
  [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] || line='0 passed, 1 failed'
  passed=$((passed + ${line%% *})); line=${line#*, }; failed=$((failed + ${line%% *}))
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
