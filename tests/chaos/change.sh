#!/usr/bin/env bash
# The fault suite's part of every change: fixed seeds, one node, about three minutes. Ends with "N passed, N failed".
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../e2e/stack.sh"
check "every kind of fault mixed: counters and scores are exact" "$here/run.sh" --seed 7 --minutes 0.5
check "a worker stopped for 5 to 10 s while its partitions moved does no harm when it wakes" \
  "$here/run.sh" --seed 3 --minutes 0.4 --only worker_zombie,worker_zombie_write
check "a planted bug is found: a fence compared by its epoch only" "$here/mutations.sh" fence-by-epoch
summary
