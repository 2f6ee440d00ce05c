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
for i in $(seq 32 42); do at[i]=127.0.0.1:$((base + i)); done # 32, 33: primary and replica, 34 to 36: Sentinels, 37 to 42: the cluster
ha sentinels "$DIR/sentinels" $((base + 32)) & starting=($!)
ha cluster "$DIR/cluster" $((base + 37)) & starting+=($!)
stack_up || exit 1
for pid in "${starting[@]}"; do wait "$pid" || exit 1; done

# the environment of each of the two; on MODE COMMAND...
sentinels=(MICROFLUX_REDIS_MODE=sentinel MICROFLUX_REDIS_ADDRESS="${at[34]},${at[35]},${at[36]}" MICROFLUX_GROUP=sentinels MICROFLUX_NAMESPACE=sentinels)
# shellcheck disable=SC2034
cluster=(MICROFLUX_REDIS_MODE=cluster MICROFLUX_REDIS_ADDRESS="${at[37]},${at[38]}" MICROFLUX_GROUP=cluster MICROFLUX_NAMESPACE=cluster)
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

# finds PATTERN MODE [OPTIONS]: `check` has a finding or a cure like that; nobody is asked for Kafka
finds() {
  local pattern=$1 mode=$2; shift 2
  on "$mode" timeout 30 "$microflux" check --connect --timeout 1 --bootstrap 127.0.0.1:1 "$@" > "$DIR/said" 2>&1
  if grep -qE -- "$pattern" "$DIR/said"; then ok "check finds: $pattern"; else not_ok "check does not find: $pattern"; cat "$DIR/said"; fi
}

away() { # MODE: the longest time from redis_away to redis_back, in seconds
  python3 -c "
import datetime, re, sys
since, longest = None, 0.0
for line in open(sys.argv[1]):
    if found := re.match(r'(\S+)Z \S+ +redis_(away|back)', line):
        at = datetime.datetime.fromisoformat(found[1])
        since, longest = (since or at, longest) if found[2] == 'away' else (None, max(longest, (at - since).total_seconds()))
print(longest)" "$DIR/$1.log"
}

server() { redis-cli -p $((base + $1)) "${@:2}" > /dev/null; } # NUMBER COMMAND...

# ---- what `check` makes of mistakes ----
"$microflux" topics create --replay > /dev/null || exit 1
finds 'sentinels: 3 of 3 answer' sentinels
check 'and nothing wrong there' [ "$(grep -cE '^FAIL +(redis|sentinel)' "$DIR/said")" = 0 ]
finds 'redis cluster: up, every slot has an owner' cluster
check 'and nothing wrong there' [ "$(grep -cE '^FAIL +redis' "$DIR/said")" = 0 ]
server 33 ACL SETUSER default -hset; server 34 ACL SETUSER default nopass +@all -sentinel
finds "${at[33]} rights: user default may not say HSET" sentinels
finds "sentinel ${at[34]}: NOPERM" sentinels
server 33 ACL SETUSER default +hset; server 34 ACL SETUSER default +@all
finds 'watches no primary named other' sentinels --set redis.primary_name=other
finds "sentinel ${at[32]}: is no Sentinel" sentinels --set redis.address="${at[32]}"
finds '1 of 2 answer.*, 3 can agree' sentinels --set redis.address="127.0.0.1:1,${at[35]}"
server 37 CLUSTER SETSLOT 7 MIGRATING "$(redis-cli -p $((base + 38)) CLUSTER MYID)"
finds 'slot 7 is on its way between two nodes' cluster
server 37 CLUSTER SETSLOT 7 STABLE
finds 'a server in cluster mode' cluster --set redis.mode=single --set redis.address="${at[37]}"
"$microflux" run --set redis.address=a:1,b:2 2> "$DIR/said"; check 'a list without redis.mode: no start, exit 64' [ $? = 64 ]
finds 'cluster support disabled' cluster --set redis.address="${at[32]}"

# ---- faults under traffic ----
"$microflux" generate --creators 150 --posts 24 --singles 4 --out "$DIR/events" --truth "$DIR/truth" 2> /dev/null
records=$(wc -l < "$DIR/events")
grep '"topic":"interactions"' "$DIR/events" > "$DIR/interactions"
grep -v '"topic":"interactions"' "$DIR/events" > "$DIR/others" # first: likes of a post that nobody knows yet may be forgotten
"$microflux" produce --timestamps event "$DIR/others" 2> "$DIR/produce.log" || exit 1
"$microflux" produce --timestamps event --rate $((records / (20 * rounds - 10))) "$DIR/interactions" 2>> "$DIR/produce.log" &
producer=$!
for mode in sentinels cluster; do
  declare -n where=$mode
  env "${where[@]}" "$microflux" run --set kafka.session.timeout.ms=6000 2> "$DIR/$mode.log" & pids+=($!)
done
break_sentinels() {
  for i in $(seq "$rounds"); do # the longer it slept, the sooner its lanes had left it
    ha lose_primary "$DIR/sentinels" && ha wake_primary "$DIR/sentinels" $((10 * (i - 1) % 20)) || return 1
    [ "$i" = "$rounds" ] || ha in_step "$DIR/sentinels" || return 1
  done
}
break_cluster() {
  for i in $(seq "$rounds"); do ha lose_owner "$DIR/cluster" "$creator" && ha move_slot "$DIR/cluster" "$creator" 1.5 || return 1; done
}
until creator=$(redis-cli -p $((base + 37)) keys '*:c:*' | grep -m 1 .); do sleep 0.2; done
break_sentinels & breaking=$!
check 'an owner is killed, a replica is promoted, its slot moves' break_cluster
wait $breaking; check 'a primary is killed, another wakes up replaced' [ $? = 0 ]
wait $producer
for mode in sentinels cluster; do
  check "every record is counted and published: $mode" counted $mode
  check "buckets, totals and posts equal the recount: $mode" recounted $mode
done
kill -TERM "${pids[@]}"; wait "${pids[0]}"; one=$?; wait "${pids[1]}"; check 'SIGTERM ends both cleanly' [ $one$? = 00 ]
# How much a failover loses is a matter of moments; over many rounds it must have been something, or nothing was tried.
all_lost=0
for mode in sentinels cluster; do
  lost=$(($(grep -oE ' stored=[0-9]+' "$DIR/$mode.log" | tail -1 | cut -d= -f2) - records))
  echo "$lost records that Redis had acknowledged were lost and counted again: $mode"
  all_lost=$((all_lost + lost))
  echo "$mode: lanes were away for $(away $mode) s at most"
done
[ "$rounds" -gt 1 ] && check 'over all rounds something was lost and counted again' [ $all_lost -gt 0 ]

# ---- a right that is missing inside a transaction: a person must mend it, and EXECABORT does not hide it ----
primary=$(redis-cli -p $((base + 35)) SENTINEL GET-MASTER-ADDR-BY-NAME mymaster | tail -1)
redis-cli -p "$primary" ACL SETUSER default -hset > /dev/null
env "${sentinels[@]}" "$microflux" run 2> "$DIR/noperm.log" & held=$!
head -20 "$DIR/interactions" | "$microflux" produce --timestamps event - 2>> "$DIR/produce.log"
for _ in $(seq 300); do grep -q lane_held "$DIR/noperm.log" && break; sleep 0.2; done
check 'NOPERM inside a commit holds the lane' grep -qE "lane_held.*reason=NOPERM.*'hset'" "$DIR/noperm.log"
kill -TERM $held; wait $held
grep -hoE '(lane_lost|lane_held|redis_away) lane=[0-9]+ reason=[a-zA-Z_]+' "$DIR"/{sentinels,cluster}.log | sed 's/ lane=[0-9]*//' | sort | uniq -c
summary
