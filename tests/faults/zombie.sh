#!/usr/bin/env bash
# A worker stopped for 20 s while its partitions moved does no harm when it wakes: what it had counted is refused, counters stay exact.
# usage: zombie.sh
set -uo pipefail
source "$(dirname "$0")/faults.sh"
faults_up "${stream[@]}" --singles 40 --seed 7
worker 1 --set lane.flush_ms=700; worker 2 # the first holds changes back, so that it falls asleep with a commit due
lanes() { sed -nE "s/^.* $2 .*lanes=([0-9]+).*/\1/p" "$DIR/worker$1.log" | tail -1; } # WORKER EVENT: how many it named last
until [ "$(lanes 1 lanes_assigned) $(lanes 2 lanes_assigned)" = "4 4" ]; do sleep 0.1; done
"$microflux" produce --timestamps event --rate $(($(wc -l < "$DIR/events") / 30)) "$DIR/events" 2> "$DIR/produced" & producer=$!
sleep 2
asleep=$(date -u +%FT%T.%3NZ)
worker_pause worker1 20 & pause=$!
sleep 19
check "the other worker took all eight lanes meanwhile" [ "$(lanes 2 lanes_assigned)" = 8 ]
taken=$(awk -v since="$asleep" '$1 > since && $3 == "lane_taken" {print $4}' "$DIR/worker2.log" | sort -u | wc -l)
check "and read them on from their fences ($taken lanes taken)" [ "$taken" = 8 ]
check "traffic went on" kill -0 $producer
wait $pause
awake=$(date -u +%FT%T.%3NZ)
sleep 3
after=$(awk -v since="$asleep" '$1 > since' "$DIR/worker1.log" | grep -E ' (lane_lost|lanes_revoked) ')
echo "${after:0:400}"
check "the sleeper noticed: its lanes were lost, or its commits refused" grep -qE 'lane_lost .*reason=(commit_refused|fence_differs)|lanes_revoked .*lost=1' <<< "$after"
wait $producer
checked "zombie from ${asleep:11:8} to ${awake:11:8}"
for w in 1 2; do signal worker$w TERM; gone worker$w; done
grep -h ' counters ' "$DIR"/worker1.log | tail -1 | grep -oE 'refused=[0-9]+|takeovers=[0-9]+' | paste -sd' '
summary
