#!/usr/bin/env bash
# A creator is erased while traffic flows and the worker is killed, Redis goes back, Redis is lost: nothing of them comes back, until they
# sign up again, and then only what was sent after that. What is kept of actors, and dead letters, by the way.
# usage: erase.sh
set -uo pipefail
source "$(dirname "$0")/stack.sh"
stack_up || exit 1
trap 'kill -9 "$pid"; stack_down' EXIT
"$microflux" config secret > "$DIR/secret"
export MICROFLUX_PRIVACY_SECRET_FILE=$DIR/secret MICROFLUX_SWEEP_INTERVAL_S=10
"$microflux" topics create > /dev/null || exit 1
gone=person-13

python3 - > "$DIR/events" << 'P'
import json, random, time
chance, now = random.Random(1), int(time.time() * 1000)
def say(topic, **value): print(json.dumps({"topic": topic, "timestamp": now, "value": value}))
for i in range(20):
    say("profiles", creator_id=f"person-{i}", platform="TIKTOK", observed_at=now, followers=1000 + i)
    say("posts", creator_id=f"person-{i}", post_id=f"post-{i}", posted_at=now, format="VIDEO")
for n in range(3000):
    i = 13 if n % 5 == 0 else chance.randrange(20)
    say("interactions", creator_id=f"person-{i}", post_id=f"post-{i}", actor_id=f"actor-{n % 50}", kind="LIKE", count=1, occurred_at=now)
P

send() { "$microflux" produce --timestamps event - 2> /dev/null; }
event() { echo "{\"topic\":\"$1\",\"timestamp\":$2,\"value\":{\"creator_id\":\"$3\",$4}}"; } # TOPIC TIMESTAMP CREATOR REST
worker() { # OPTIONS...: frequent commits, so that the kill comes between two
  "$microflux" run --set memory_mib=64 --set lane.commit_ms=20 "$@" 2>> "$DIR/worker.log" & pid=$!
}
redis_gone() { kill -9 "$(cat "$DIR/redis.pid")"; while kill -0 "$(cat "$DIR/redis.pid")" 2> /dev/null; do sleep 0.05; done; }
cli() { redis-cli -p "$REDIS_PORT" --raw "$@"; }
key() { cli keys "mf:default:score:*:$1:$gone"; }
applied() { cli hget "$(key c)" v; }
soon() { for _ in $(seq 900); do "$@" && return; sleep 0.1; done; return 1; }
changed() { [ "$(applied)" != "$1" ]; }
stopped() { kill "$pid"; wait "$pid"; }
scores() { "$microflux" tail creator-scores --until-end --format json | grep "\"key\":\"$gone\"" > "$DIR/scores"; }
tombstones() { scores; grep -c '"value":null' "$DIR/scores"; }
version() { grep -oE '"offsets":[0-9]+' "$DIR/scores" | cut -d: -f2 | sort -n | tail -1; }
last_says() { tail -1 "$DIR/scores" | grep -q "$1"; }
mark_and_version() { [ "$(cli hkeys "$(key c)" | sort | tr -d '\n')/$(key p)" = egv/ ] || { echo "left: $(cli hkeys "$(key c)" | tr '\n' ' ') $(key p)"; return 1; }; }
forgotten() { # WHEN
  check "$1: of all keys only the version and the mark are left" mark_and_version
  scores; check "$1: what compaction keeps of them in creator-scores is a tombstone" last_says '"value":null'
}

worker; until [ "$(cli keys 'mf:*:fence' | grep -c .)" = 8 ]; do sleep 0.1; done
head -1000 "$DIR/events" | "$microflux" produce - 2> /dev/null
soon changed ''
stopped; cp -a "$DIR/redis" "$DIR/before"; worker
"$microflux" erase $gone --dry-run > "$DIR/plan" 2> /dev/null
check 'dry run: names both keys and both topics, changes nothing' \
  [ "$(grep -cE "score:\{[^ ]*:c:$gone [^ ]*:p:$gone|tombstone to profiles/[0-9]+ from here, to creator-scores" "$DIR/plan")/$(tombstones)" = 2/0 ]
before=$(version)

tail -n +1001 "$DIR/events" | "$microflux" produce --rate 1000 - 2> /dev/null & traffic=$!
sleep 0.5
"$microflux" erase $gone --wait > /dev/null 2> "$DIR/waited" & erasing=$!
sleep 0.1; { kill -9 "$pid"; wait "$pid"; } 2> /dev/null; worker
check 'erase --wait: done, though the worker was killed' wait $erasing
wait $traffic; log_ends; settled 90
forgotten 'erased while traffic flows'
n=$(grep -c '"value":null' "$DIR/scores")
subject=$(grep -oE 'subject=[0-9a-f]{16}' "$DIR/plan")
at=$("$microflux" tail profiles --until-end --format json | grep "\"key\":\"$gone\".*\"value\":null" | grep -oE '"partition":[0-9]+,"offset":[0-9]+' | tr -d '"' | tr ':,' '= ')
check 'the log proves it: where the tombstone stood, and whose it was as a keyed hash' grep -qE " erased .*$at .*$subject" "$DIR/worker.log"
check 'and never names them' [ "$(grep -c "$gone" "$DIR/worker.log")" = 0 ]
"$microflux" state --all | grep -v "$gone" > "$DIR/states"; grep -v "$gone" "$DIR/events" > "$DIR/others"
check 'everybody else is exact' python3 "$root/tests/e2e/recount.py" "$DIR/others" "$DIR/states"
repeated() { [ "$(tombstones)" -gt "$n" ]; }
check 'the sweep repeats the tombstone' soon repeated

stopped; redis_gone; rm -rf "$DIR/redis"; mv "$DIR/before" "$DIR/redis"; redis_up
check 'Redis went back to before: they are there' [ -n "$(key p)" ]
worker; settled 90
forgotten 'the tombstone was met again'
stopped; cli flushall > /dev/null
worker --set redis.lost=rebuild; settled 90
forgotten 'Redis was lost and rebuilt'

now=$(date +%s%3N) later=$(($(date +%s%3N) + 360000)) # six minutes; what is sent within five is not surely met behind the profile
version=$(applied)
event interactions "$now" $gone '"kind":"LIKE","count":1,"occurred_at":'"$now" | send; soon changed "$version"
forgotten 'a like alone'
version=$(applied)
event profiles $((now + 1)) $gone '"platform":"TIKTOK","observed_at":'"$now"',"followers":77' | send; soon changed "$version"
{ event interactions $((now + 2)) $gone '"kind":"LIKE","count":5,"occurred_at":'"$now"
  event interactions $later $gone '"kind":"LIKE","count":3,"occurred_at":'$later; } | send
back() { "$microflux" state $gone --format json 2> /dev/null | sed 's/"at":[0-9]*//'; }
sent_after() { back | tee "$DIR/back" | grep -qE '"followers":77,.*"LIKE":3,'; }
check 'who signs up again is back with what was sent after it' soon sent_after
in_order() { scores; last_says '"followers":77,' && [ "$(version)" -gt "$before" ]; }
check 'readers have them again, with a larger version' soon in_order

echo "nonsense $gone" | kcat -P -b "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" -t posts -k $gone 2> /dev/null
letter() { "$microflux" dead-letters erase $gone --dry-run 2> "$DIR/letters" > "$DIR/deletes"; }
check 'their dead letter is found' soon letter
"$microflux" dead-letters erase $gone --yes > /dev/null 2>&1
check 'and deleted' [ "$("$microflux" dead-letters list --format json | grep -c $gone)" = 0 ]
hash=$("$microflux" erase --actor actor-7 --dry-run --format json | tee "$DIR/actor" | grep -oE '"actor_hash":"[0-9a-f]{16}"' | cut -d'"' -f4)
check 'of an actor nothing is found where no sample holds the hash' grep -q '"found_in":\[\]' "$DIR/actor"
python3 -c 'import sys; sys.stdout.buffer.write(int(sys.argv[1], 16).to_bytes(8, "little"))' "$hash" \
  | redis-cli -p "$REDIS_PORT" -x set "$(cli keys '*:c:person-5' | sed 's/:c:/:a:/')" > /dev/null
check 'and found where one does' grep -q '"found_in":\["person-5"\]' <("$microflux" erase --actor actor-7 --dry-run --format json)

stopped; cli flushall > /dev/null
worker --set redis.lost=rebuild
the_same() { diff <(back) "$DIR/back" > "$DIR/differs"; }
check 'a rebuild ends with the same, byte for byte' soon the_same
summary
