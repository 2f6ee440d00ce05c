#!/usr/bin/env bash
# verify finds counters that were changed by hand, and nothing else; replay builds them again beside a live worker and swaps them in while
# records flow, whatever is killed meanwhile; the readers end with the right scores.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
stack_up || exit 1
"$microflux" topics create --replay --partitions 4 > /dev/null
# one day of event time: no like waits longer for its post, however far the producer runs ahead (decision 2)
"$microflux" generate --creators 100 --days 1 --posts 8 --singles 30 --seed 5 --out "$DIR/events" 2> "$DIR/generated"
n=$(wc -l < "$DIR/events")
head -$((n * 6 / 10)) "$DIR/events" > "$DIR/first"; tail -n +$((n * 6 / 10 + 1)) "$DIR/events" > "$DIR/later"
# of creator-3 only one more record: what is published of it then stays, unless the swap tells it again
{ grep -m 1 '"creator-3"' "$DIR/later"; grep -v '"creator-3"' "$DIR/later"; } > "$DIR/rest"
cat "$DIR/first" "$DIR/rest" > "$DIR/events"

worker() { "$microflux" run --set lane.commit_ms=20 --set score.min_interval_ms=200 2>> "$DIR/worker.log" & pid=$!; }
ended() { kill "-$1" $pid; wait $pid 2> /dev/null; }
redis() { redis-cli -p "$REDIS_PORT" "$@"; }
keys_of() { redis --scan --pattern "mf:$1:*"; }
fences() { keys_of "$1" | grep ':fence$'; }
verify() { "$microflux" verify --format json "$@" > "$DIR/verified"; }
exits() { local status=$1; shift; "$@" > "$DIR/out" 2> "$DIR/err"; [ $? = "$status" ] || { cat "$DIR/out" "$DIR/err"; false; }; } # STATUS COMMAND...
replay() { "$microflux" replay "$@"; }
slow=(--set kafka.fetch.message.max.bytes=2000 --set kafka.queued.min.messages=50 --set lane.commit_ms=5 --set kafka.session.timeout.ms=6000)
hash_of() { keys_of default | grep ":$1:$2$"; } # c|p CREATOR

"$microflux" produce --timestamps event "$DIR/first" 2> /dev/null && log_ends
worker
check "a live worker has counted what is there" settled 90
ended TERM

# ---- by hand: totals of one, a day of another, a post of a third; the worker goes on from these ----
check "verify: equal before" exits 0 verify --sample 0
redis hset "$(hash_of c creator-3)" t 'v999999 l7' > /dev/null
day=$(redis hkeys "$(hash_of c creator-14)" | grep '^d' | head -1)
redis hset "$(hash_of c creator-14)" "$day" "$(redis hget "$(hash_of c creator-14)" "$day" | sed 's/v[0-9]*/v1/')" > /dev/null
post=$(redis hkeys "$(hash_of p creator-25)" | grep 'c$' | head -1)
redis hset "$(hash_of p creator-25)" "$post" 'l123456' > /dev/null
worker
feed() { # the rest of the events, at a walk until it is enough
  local line i=0
  while IFS= read -r line; do
    printf '%s\n' "$line"
    [ $((i++ % 10)) = 0 ] && [ ! -f "$DIR/enough" ] && sleep 0.1
  done < "$DIR/rest"
}
feed | "$microflux" produce --timestamps event - 2> /dev/null & producer=$!
sleep 1.5
check "verify, while records flow: exit 1" exits 1 verify --sample 0
found=$(python3 -c 'import json,sys
rows=[json.loads(l) for l in open(sys.argv[1])]
print(sorted({(r["creator"],r["field"][:3].strip()) for r in rows[:-1]}), rows[-1]["different"])' "$DIR/verified")
echo "$found"
check "and it names exactly the three" [ "$found" = "[('creator-14', 'c d'), ('creator-25', 'p c'), ('creator-3', 'c t')] 3" ]
check "verify of one creator" exits 1 verify creator-3
check "verify of another" exits 0 verify creator-4

# ---- the plan ----
check "replay --dry-run" exits 0 replay --into shadow --dry-run
check "says what it would read and replace" grep -qE '^[0-9]+ records to read into namespace shadow: about [0-9]+ s' "$DIR/out"
check "and changes nothing" [ -z "$(keys_of shadow)" ]
check "a later start says what is forgotten" grep -q 'leaves out [1-9][0-9]* records' <(replay --into shadow --from 50 --dry-run)
check "--from that is neither offset nor time is 64" exits 64 replay --into shadow --from yesterday
check "--into the live namespace is 64" exits 64 replay --into default

# ---- killed half-way, gone on with; the live worker killed while lanes are swapped ----
half_way() { # kill -9 of a replay that has begun and not ended
  "$microflux" replay "${slow[@]}" --into shadow --no-swap > /dev/null 2> "$DIR/replay.log" & local killed=$!
  until [ -n "$(fences shadow)" ]; do sleep 0.05; done
  kill -9 $killed; wait $killed 2> /dev/null
  left=$(replay --into shadow --dry-run --format json | python3 -c 'import json,sys
print(sum(r["records"] for r in map(json.loads, sys.stdin)))')
  [ "$left" -gt 0 ] && [ "$left" -lt "$(wc -l < "$DIR/events")" ]
}
for _ in 1 2 3 4; do half_way && break; replay --into shadow --abandon > /dev/null; done
check "kill -9 half-way: $left records are left to read" [ "$left" -gt 0 ]
live=$(fences default)
"$microflux" replay "${slow[@]}" --into shadow --format json > "$DIR/replayed" 2>> "$DIR/replay.log" & replaying=$!
until [[ $(for f in $live; do redis get "$f"; done) == *data=shadow* ]]; do sleep 0.02; done
ended KILL; worker
wait $replaying
check "the same command goes on and ends well" [ $? = 0 ]; cat "$DIR/replay.log"
check "every lane is swapped" grep -q '"lanes":4,"swapped":4' "$DIR/replayed"
check "while records flow" kill -0 $producer
check "what lay there before is gone" [ -z "$(keys_of default | grep -v ':fence$')" ]
check "the live worker was never told to stop" [ "$(grep -c lane_held "$DIR/worker.log")" = 0 ]
touch "$DIR/enough"; wait $producer; log_ends
check "every fence reaches the end of its log" settled 90
check "verify: equal again" exits 0 verify --sample 0
cat "$DIR/verified"
"$microflux" state --all > "$DIR/states"
check "buckets, totals and posts equal the recount" python3 "$root/tests/e2e/recount.py" "$DIR/events" "$DIR/states"
readers_right() { # within a few seconds: the sweep tells every creator again
  for _ in $(seq 60); do
    "$microflux" tail creator-scores --until-end --format json > "$DIR/scores"
    python3 "$root/tests/e2e/readers.py" "$DIR/scores" "$DIR/states" creator-3 creator-14 > "$DIR/readers" && return; sleep 0.3
  done
  cat "$DIR/readers"; return 1
}
wrong() { grep -cE '"creator_id":"creator-3",.*"totals":\{"views":9{5}' "$DIR/scores"; }
check "what a reader ends with is the final state" readers_right
check "though the wrong totals had been published" [ "$(wrong)" -gt 0 ]

# ---- another one, given up; what was swapped in is replaced in its turn ----
check "the same name again: nothing is left to do, 1" exits 1 replay --into shadow
check "build only" exits 0 replay --into third --no-swap
check "it can be looked at before" exits 0 verify --sample 0 --set namespace=third
check "give it up" exits 0 replay --into third --abandon
check "nothing stays" [ -z "$(keys_of third)" ]
# a quiet log: nothing dates the right score later than the wrong one but the swap
ended TERM
redis hset "$(keys_of shadow | grep ':c:creator-3$')" t 'v999991 l7' > /dev/null
worker
grep '"topic":"interactions".*"creator-3"' "$DIR/events" | tail -1 > "$DIR/one"
"$microflux" produce --timestamps event "$DIR/one" 2> /dev/null; log_ends
check "one more record onto wrong totals is published" settled 90
check "a second one" exits 0 replay --into again
"$microflux" state --all > "$DIR/states"
check "what a reader ends with is the final state again" readers_right
check "the first is removed" [ -z "$(keys_of shadow)" ]
check "give up what is live: refused, nothing removed" exits 0 replay --into again --abandon
check "verify: equal after all" exits 0 verify --sample 0
ended TERM
check "SIGTERM ends the worker cleanly" [ $? = 0 ]
summary
