#!/usr/bin/env bash
# The generated stream: its truth file against a recount, equal seeds; and sent under older and newer schemas in every framing it leaves
# the same state, byte for byte, as under our own.  usage: generate.sh
set -uo pipefail
source "$(dirname "$0")/stack.sh"
mine=$(mktemp -d); trap 'rm -rf "$mine"' EXIT
options=(--creators 110 --posts 10 --singles 4 --days 30 --fraud 0.25 --totals 0.2 --zipf 0.6 --characters)
"$microflux" generate "${options[@]}" --out "$mine/events" --truth "$mine/truth" || exit 1
"$microflux" generate "${options[@]}" --out "$mine/again" 2> /dev/null
not() { ! "$@"; }
check "equal seeds, equal bytes" cmp "$mine/events" "$mine/again"
"$microflux" generate "${options[@]}" --seed 2 --out "$mine/again" 2> /dev/null
check "another seed, another stream" not cmp -s "$mine/events" "$mine/again"
check "the truth file equals a recount" python3 "$root/tests/e2e/generated.py" "$mine/events" "$mine/truth"
check "every kind of fraud is there, and the five characters" [ "$(grep -oE '"kind":"[a-z_]+"|"character":"(honest-expert|celebrity|bought-followers|bought-likes|engagement-pod)"' "$mine/truth" | sort -u | wc -l)" = 11 ]

stack_up || exit 1
trap 'stack_down; rm -rf "$mine"' EXIT
variants=$root/schemas/variants
export MICROFLUX_COUNTING_TOTALS=FACEBOOK:VIEW,LIKE,COMMENT,SHARE,SAVE
export MICROFLUX_SCHEMA_IDS="profiles:7=$variants/profile-older.avsc posts:8=$variants/post-older.avsc interactions:9=$variants/interaction-older.avsc profiles:17=$variants/profile-newer.avsc posts:18=$variants/post-newer.avsc interactions:19=$variants/interaction-newer.avsc"
export MICROFLUX_SCHEMA_PROFILES=$variants/profile-older.avsc MICROFLUX_SCHEMA_POSTS=$variants/post-newer.avsc MICROFLUX_SCHEMA_INTERACTIONS=$root/schemas/interaction.avsc

published() { # records of all lanes and inputs that are counted and published
  python3 -c "
import sys; sys.path.insert(0, '$root/tests/e2e')
from fences import Redis, fences
print(sum(published for lane in fences(Redis($REDIS_PORT)).values() for _, published in lane))"
}

# counted FRAMES: sends the stream in those frames to topics of their own, and counts it into an empty Redis; the state goes to $mine/FRAMES.
counted() {
  local topic pid end=$((SECONDS + 90)); local wanted; wanted=$(grep -c . "$mine/events")
  for topic in profiles posts interactions creator_scores dead_letters; do export "MICROFLUX_TOPICS_${topic^^}=$1-$topic"; done
  export MICROFLUX_GROUP=$1
  redis-cli -p "$REDIS_PORT" flushall > /dev/null
  "$microflux" topics create --replay --partitions 2 > /dev/null && "$microflux" produce --timestamps event --frames "$1" "$mine/events" || return 1
  "$microflux" run 2> "$mine/worker.log" & pid=$!
  until [ "$(published)" = "$wanted" ] || [ $SECONDS -gt $end ]; do sleep 0.2; done
  kill -TERM $pid; wait $pid || return 1
  "$microflux" state --all | sort > "$mine/$1"
  [ "$(published)" = "$wanted" ]
}

check "under our own schemas" counted single
check "counters and totals equal the truth" python3 "$root/tests/e2e/totals.py" "$mine/truth" "$mine/single"
check "under six writer schemas, Confluent, single-object and bare" counted mixed
check "and the state is the same, byte for byte" cmp "$mine/single" "$mine/mixed"
dead=$("$microflux" tail mixed-dead_letters --until-end --format json | grep -c .)
future=$(python3 -c "
import json,sys
print(sum(e['value'].get('occurred_at', 0) > e['timestamp'] + 300000 for e in map(json.loads, open(sys.argv[1]))))" "$mine/events")
check "only the $future future ones are dead letters" [ "$dead" = "$future" ]
summary
