#!/usr/bin/env bash
# Shortlists on real parts: fit-scores of five campaigns by a client that is not ours, while roster workers and Redis are killed, a
# campaign changes and one ends. Each final shortlist is recomputed from the log: ranking, plain greedy roster, reach, what was delivered.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
foreign_client && stack_up || exit 1
py() { "$venv/bin/python" "$root/tests/e2e/roster.py" "$@"; }
"$microflux" topics create --partitions 4 > /dev/null
py campaigns "$DIR/campaigns" && "$microflux" campaigns put "$DIR/campaigns" > /dev/null || exit 1
worker() { "$microflux" run roster --set roster.min_interval_ms=300 --set lane.commit_ms=100 2>> "$DIR/$1.log" & }
worker one; one=$!
worker two; two=$!
py send "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" 8 & sender=$!
sleep 3; kill -9 $one; wait $one 2> /dev/null
worker one; one=$!
sleep 1; kill -9 "$(cat "$DIR/redis.pid")"; sleep 1; redis_up
sleep 2; kill -9 $two; wait $two 2> /dev/null
worker two; two=$!
wait $sender || exit 1
sed -n 's/"slots": 8/"slots": 4/p' "$DIR/campaigns" > "$DIR/changed" && "$microflux" campaigns put "$DIR/changed" > /dev/null
"$microflux" campaigns end ended > /dev/null

read_all() {
  "$microflux" tail fit-scores --until-end --format json > "$DIR/fits" && "$microflux" campaigns list --format json > "$DIR/live" &&
    "$microflux" tail shortlists --until-end --format json > "$DIR/lists"
}
right() { # SECONDS: until what is published is right
  local end=$(($(date +%s) + $1))
  until read_all && python3 "$root/tests/e2e/roster.py" check "$DIR/fits" "$DIR/live" "$DIR/lists" > "$DIR/verdict"; do
    [ "$(date +%s)" -lt $end ] || { cat "$DIR/verdict"; return 1; }
    sleep 1
  done
  cat "$DIR/verdict"
}
check "every final shortlist is what the log and the campaign say" right 75
check "the changed campaign has four creators" [ "$("$microflux" shortlist summer --format json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["roster"]["members"]))')" = 4 ]
check "shortlist says who, and how many people they reach" grep -q 'roster of 4: .* different people' <("$microflux" shortlist summer --top 3)
check "of a campaign that ended there is none" grep -q 'no shortlist of campaign "ended"' <("$microflux" shortlist ended 2>&1)
check "nothing was a dead letter" [ "$("$microflux" tail dead-letters --until-end | wc -l)" = 0 ]
kill -TERM $one $two; wait $one; clean=$?; wait $two
check "and the workers end in order" [ $((clean + $?)) = 0 ]
[ $failed = 0 ] || tail -n 5 "$DIR"/*.log
summary
