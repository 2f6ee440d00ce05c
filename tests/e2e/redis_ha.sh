#!/usr/bin/env bash
# Redis under Sentinels and as a Cluster: one worker on each reads the same stream while primaries are killed with what they had just
# acknowledged, an old primary wakes and takes writes, and a lane's slot moves to another node. Nothing lost, nothing doubled.
# usage: redis_ha.sh [ROUNDS=1]      how often each fault comes (the nightly says 5)
set -uo pipefail
source "$(dirname "$0")/stack.sh"
rounds=${1:-1}
ha() { python3 "$root/tests/faults/redis_ha.py" "$@"; }
ha_down() { for d in sentinels cluster; do ha stop "$DIR/$d"; done; stack_down; }
stack_folder; trap ha_down EXIT
ha sentinels "$DIR/sentinels" $((base + 32)) & starting=$!
ha cluster "$DIR/cluster" $((base + 37)) & starting+=" $!"
stack_up || exit 1
wait $starting || exit 1

# the environment of each of the two; on MODE COMMAND...
sentinels=(MICROFLUX_REDIS_MODE=sentinel MICROFLUX_REDIS_ADDRESS="127.0.0.1:$((base + 34)),127.0.0.1:$((base + 35)),127.0.0.1:$((base + 36))"
  MICROFLUX_GROUP=sentinels MICROFLUX_NAMESPACE=sentinels)
cluster=(MICROFLUX_REDIS_MODE=cluster MICROFLUX_REDIS_ADDRESS="127.0.0.1:$((base + 37)),127.0.0.1:$((base + 38))"
  MICROFLUX_GROUP=cluster MICROFLUX_NAMESPACE=cluster)
on() { local -n where=$1; shift; env "${where[@]}" "$@"; }

# counted MODE: every record is applied, published and committed, as `lag` sees it
counted() {
  local end=$(($(date +%s) + 60))
  until on "$1" "$microflux" lag --format json 2> "$DIR/lag.err" | python3 -c "
import json, sys
rows = [json.loads(line) for line in sys.stdin]
sys.exit(not rows or any(r['end'] and (r['applied'] != r['end'] or r['committed'] != r['end']) for r in rows))"; do
    [ "$(date +%s)" -lt $end ] || { on "$1" "$microflux" lag; return 1; }
    sleep 0.3
  done
}

recounted() { # MODE
  on "$1" "$microflux" state --all > "$DIR/$1.states" && python3 "$root/tests/e2e/recount.py" "$DIR/events" "$DIR/$1.states"
}

"$microflux" topics create --replay > /dev/null || exit 1
pids=()
"$microflux" generate --creators 150 --posts 24 --singles 4 --out "$DIR/events" --truth "$DIR/truth" 2> /dev/null
records=$(wc -l < "$DIR/events")
grep '"topic": *"interactions"' "$DIR/events" > "$DIR/interactions"
grep -v '"topic": *"interactions"' "$DIR/events" > "$DIR/others" # first: a like of a post nobody knows yet may be forgotten
"$microflux" produce --timestamps event "$DIR/others" 2> "$DIR/produce.log" || exit 1
"$microflux" produce --timestamps event --rate $((records / (12 * rounds))) "$DIR/interactions" 2>> "$DIR/produce.log" &
producer=$!
for mode in sentinels cluster; do
  check "check --connect finds nothing wrong: $mode" on $mode "$microflux" check --connect > "$DIR/$mode.check"
  declare -n where=$mode
  env "${where[@]}" "$microflux" run --set kafka.session.timeout.ms=6000 2> "$DIR/$mode.log" &
  pids+=($!)
done
sleep 1
tag=$(redis-cli -p $((base + 37)) -c keys '*fence' | head -1); tag={${tag#*\{}; tag=${tag%\}*}\} # of some lane
break_sentinels() {
  for i in $(seq "$rounds"); do
    ha lose_primary "$DIR/sentinels" && ha wake_primary "$DIR/sentinels" $((10 * (i - 1) % 20)) || return 1
    [ "$i" = "$rounds" ] || ha in_step "$DIR/sentinels"
  done
}
break_cluster() {
  for i in $(seq "$rounds"); do ha move_slot "$DIR/cluster" "$tag" 2 && ha lose_owner "$DIR/cluster" "$tag" || return 1; done
}
break_sentinels & breaking=$!
check 'a slot moves, its owner is killed, a replica is promoted' break_cluster
wait $breaking; check 'a primary is killed, another wakes up replaced' [ $? = 0 ]
wait $producer
log_ends
for mode in sentinels cluster; do
  check "every record is counted and published: $mode" counted $mode
  check "buckets, totals and posts equal the recount: $mode" recounted $mode
done
kill -TERM "${pids[@]}"; wait "${pids[0]}"; one=$?; wait "${pids[1]}"; check 'SIGTERM ends both cleanly' [ $one$? = 00 ]
for mode in sentinels cluster; do
  lost=$(($(grep -oE ' stored=[0-9]+' "$DIR/$mode.log" | tail -1 | cut -d= -f2) - records))
  check "$lost records that Redis had acknowledged were lost and counted again: $mode" [ $lost -gt 0 ]
done
grep -hoE '(lane_lost|lane_held|redis_away) lane=[0-9]+ reason=[a-zA-Z_]+' "$DIR"/{sentinels,cluster}.log | sed 's/ lane=[0-9]*//' | sort | uniq -c
summary
