#!/usr/bin/env bash
# Models in the live worker: each creator's vector is the one that `evaluate` gives offline, audience and all; a damaged file is refused,
# at SIGHUP and at start; another embedding begins the audience anew; without models topics are the lexicon's, and the worker says so;
# lookalike and explain tell them.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
stack_up || exit 1

within() { for _ in $(seq $(($1 * 5))); do "${@:2}" && return; sleep 0.2; done; cat "$DIR/why"; return 1; } # SECONDS COMMAND...
logged() { grep -q -- "$1" "$DIR/log"; }
judge() { python3 "$root/tests/e2e/vectors.py" "$@"; }
scores() { "$microflux" tail creator-scores --until-end --format json > "$DIR/scores"; }
told() { scores && judge "$@" "$DIR/scores" > "$DIR/judged" 2> "$DIR/why"; }
configured() { printf '[models]\nembedding = %s\nniche = %s\n[score]\nmin_interval_ms = 0\n[log]\nlevel = info\n' "$1" "$2" > "$DIR/microflux.conf"; } # EMBEDDING NICHE
worker() { "$microflux" run --config "$DIR/microflux.conf" "$@" 2>> "$DIR/log" & pid=$!; }
nudged() { "$microflux" produce --timestamps event "$DIR/nudge" 2> /dev/null || not_ok 'nudge'; } # every creator is judged anew
digest() { sed -n '2s/digest //p' "$1"; }

printf '%032d\n' 7 > "$DIR/secret" && chmod 600 "$DIR/secret" # without one nobody is met
export MICROFLUX_PRIVACY_SECRET_FILE=$DIR/secret
"$microflux" topics create --replay --partitions 2 > /dev/null
"$microflux" generate --creators 300 --days 20 --seed 3 --out "$DIR/events" 2> /dev/null
judge nudge "$DIR/events" > "$DIR/nudge"
for part in a b; do
  { [ $part = a ] && cat "$DIR/events" || head -20000 "$DIR/events"; } > "$DIR/$part.events"
  "$microflux" train embed "$DIR/$part.events" --out "$DIR/$part.embed" > /dev/null 2>&1
  "$microflux" train niche "$DIR/$part.events" --embedding "$DIR/$part.embed" --out "$DIR/$part.niche" > /dev/null 2>&1
done
"$microflux" evaluate "$DIR/events" --embedding "$DIR/a.embed" --niche "$DIR/a.niche" --as-live --vectors > "$DIR/offline"
check 'evaluate --vectors: a line a creator' [ "$(wc -l < "$DIR/offline")" = 300 ]

configured "$DIR/a.embed" "$DIR/a.niche"
"$microflux" run audience --config "$DIR/microflux.conf" --set lane.commit_ms=10 2> "$DIR/audience.log" & audience=$!
worker --set lane.commit_ms=10
"$microflux" produce --timestamps event --rate 4000 "$DIR/events" 2> /dev/null # as they come: two days a second
log_ends; settled 90
check 'every vector and niche is the one of evaluate, audience and all' within 45 told same "$DIR/offline" "$DIR/a.embed"
cat "$DIR/judged"
from_topics() { # MODEL OPTIONS...: a model of the topics is, byte for byte, the one of the file
  "$microflux" train "$1" --topic "${@:2}" --config "$DIR/microflux.conf" --out "$DIR/t.$1" > /dev/null && cmp "$DIR/a.$1" "$DIR/t.$1"
}
check 'train embed --topic: the model of the file' from_topics embed
check 'train niche --topic: the model of the file' from_topics niche --embedding "$DIR/a.embed"
check 'train actor --topic: no topic has labels' [ "$("$microflux" train actor --topic --out "$DIR/t.actor" 2> /dev/null; echo $?)" = 64 ]
kill -TERM $audience; wait $audience

sed -i '9s/ 0/ 1/' "$DIR/a.niche"
kill -HUP $pid
check 'SIGHUP: a damaged model is refused by name' within 15 logged 'reload_refused message=".*a.niche: its content has not the digest'
configured "$DIR/a.embed" "$DIR/b.niche"
kill -HUP $pid
check 'SIGHUP: so is a niche model of another embedding' within 15 logged 'reload_refused message=".*b.niche was trained with the embedding'
check 'start: it is no start' [ "$("$microflux" run --config "$DIR/microflux.conf" > /dev/null 2> "$DIR/refused"; echo $?) $(grep -c '^microflux run: .*trained with' "$DIR/refused")" = '64 1' ]
configured "$DIR/a.embed" ''
nudged
check 'and the models of before stay' within 30 told same "$DIR/offline" "$DIR/a.embed"

one=$(judge liveliest "$DIR/offline")
"$microflux" lookalike "$one" --n 5 --format json --config "$DIR/microflux.conf" > "$DIR/alike"
check 'lookalike: the nearest five of all published vectors' judge nearest "$one" "$DIR/alike" "$DIR/scores"
check 'lookalike: as text' grep -q "^nearest to $one of 299 creators" <("$microflux" lookalike "$one" --config "$DIR/microflux.conf")
check 'lookalike: nobody is like nobody' [ "$("$microflux" lookalike nobody --config "$DIR/microflux.conf" > /dev/null 2>&1; echo $?)" = 1 ]
check 'explain: whose words' grep -q 'its vector is of [0-9]* tags and mentions that the embedding knows' <("$microflux" explain "$one" --language en --config "$DIR/microflux.conf")
check 'state: nearest niches' grep -q 'nearest niches, by the lexicon: [A-Z]* [0-9]* %' <("$microflux" state "$one" --config "$DIR/microflux.conf")

# ---- the audience: 7 meetings, as the lane would have stored them ----
kill -TERM $pid; wait $pid
key=$(redis-cli -p "$REDIS_PORT" --scan --pattern "mf:default:score:*:c:$one")
judge audience "$DIR/a.embed" 7 | redis-cli -p "$REDIS_PORT" -x set "${key/:c:/:y:}" > /dev/null
worker; nudged
check 'meetings count' within 45 told met "$one" 7 "$(digest "$DIR/a.embed")"
check 'state: and are counted' grep -q '"audience":{"embedding":"'"$(digest "$DIR/a.embed")"'","met":7,' <("$microflux" state "$one" --format json)
configured "$DIR/b.embed" "$DIR/b.niche"
kill -HUP $pid
within 15 logged "reloaded .*embedding=$(digest "$DIR/b.embed")"; nudged
check 'SIGHUP: with another embedding they are forgotten' within 30 told met "$one" 0 "$(digest "$DIR/b.embed")"
configured '' ''
kill -HUP $pid
within 15 logged 'reloaded .*embedding=0000000000000000'; nudged
check 'SIGHUP: without models topics are by the lexicon again, without a vector' within 30 told lexicon 300
kill -TERM $pid; wait $pid
check 'the worker stops clean' [ $? = 0 ]
"$microflux" run 2>> "$DIR/bare.log" & pid=$!
check 'without an embedding a start says so' within 30 grep -q no_embedding "$DIR/bare.log"
kill -TERM $pid; wait $pid
summary
