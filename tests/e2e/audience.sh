#!/usr/bin/env bash
# From lane to lane, exactly once and without Kafka transactions: comments become edges, edges become what creators learn of each
# other's audiences. Both workers and Redis are killed while it runs; then everything is counted again from the logs.
# usage: audience.sh [CREATORS=20] [KILLS=3]
set -uo pipefail
source "$(dirname "$0")/stack.sh"
creators=${1:-20} kills=${2:-3}
stack_up || exit 1
"$microflux" config secret > "$DIR/secret" && chmod 600 "$DIR/secret" || exit 1
export MICROFLUX_PRIVACY_SECRET_FILE=$DIR/secret MICROFLUX_MODELS_EMBEDDING=$DIR/embedding MICROFLUX_MEMORY_MIB=64
"$microflux" topics create --replay --partitions 4 > /dev/null || exit 1
"$microflux" generate --creators "$creators" --posts 10 --singles 8 --characters --out "$DIR/events" 2> "$DIR/generated" &&
  "$microflux" train embed "$DIR/events" --out "$DIR/embedding" > "$DIR/trained" 2>&1 || { cat "$DIR/generated" "$DIR/trained"; exit 1; }

declare -A pids
worker() { # KIND: small caches and frequent commits, so that evictions, loads and many commits happen
  "$microflux" run "$1" --set lane.commit_ms=20 --set kafka.queued.min.messages=200 --set kafka.fetch.message.max.bytes=20000 \
    --set kafka.group.instance.id=one 2>> "$DIR/$1.log" & # whoever comes back need not wait for its own session to end
  pids[$1]=$!
}
taken() { cat "$DIR"/{score,audience}.log | grep -c ' lane_taken '; }
at_work() { # until both have taken their lanes, again
  local end=$(($(date +%s) + 20))
  until [ "$(taken)" -ge "$1" ]; do [ "$(date +%s)" -lt $end ] || return 1; sleep 0.1; done
}
worker score; worker audience
while [ ! -e "$DIR/enough" ]; do "$microflux" produce --timestamps event --rate 4000 "$DIR/events" 2> /dev/null; done & producing=$!
wanted=8
for i in $(seq "$kills"); do
  at_work $wanted || break
  sleep 0.$((RANDOM % 4 + 4))
  wanted=$(($(taken) + 8))
  for kind in audience score; do kill -9 "${pids[$kind]}"; wait "${pids[$kind]}" 2> /dev/null; done
  [ "$i" = 2 ] && { kill -9 "$(cat "$DIR/redis.pid")"; sleep 0.2; redis_up; }
  worker score; worker audience
done
touch "$DIR/enough"; wait $producing
chain_settled() { # each link is done when the one before is
  log_ends && settled 90 && log_ends audience-edges && settled 90 && log_ends affinity-updates && settled 90
}
check "both workers killed -9 $kills times, Redis once: every fence of the chain reaches the end of its log" chain_settled
chain_read() {
  for topic in interactions audience-edges affinity-updates; do
    "$microflux" tail $topic --until-end --format json > "$DIR/$topic.log" || return 1
  done
  "$microflux" state --all > "$DIR/states"
}
counted() { chain_read && python3 "$root/tests/e2e/audience.py" "$DIR"; }
check "every edge counts once; every update is told and counted once; met and y are the sums" counted
outboxes() { redis-cli -p "$REDIS_PORT" --scan --pattern 'mf:*:outbox' | grep -c .; }
check "nothing is left to be sent" [ "$(outboxes)" = 0 ]
check "no edge and no update is a dead letter" [ "$("$microflux" tail dead-letters --until-end --format json | grep -cE 'audience-edges|affinity-updates')" = 0 ]
kill -TERM "${pids[score]}" "${pids[audience]}"; wait "${pids[score]}"; one=$?; wait "${pids[audience]}"; two=$?
check "SIGTERM ends both cleanly" [ $one$two = 00 ]
# one process with both kinds; the lanes go on
"$microflux" produce --timestamps event "$DIR/events" 2> /dev/null
"$microflux" run all --set kafka.group.instance.id=one 2> "$DIR/all.log" & pid=$!
check "run all: every fence of the chain reaches the end of its log" chain_settled
check "run all: still every edge counts once" counted
actor=$(grep '"kind":"COMMENT"' "$DIR/interactions.log" | sed -nE 's/.*"creator_id":"([^"]+)".*"actor_id":"([^"]+)".*/\1 \2/p' | awk '$1 != $2 { print $2 }' | tail -1)
ring() { "$microflux" erase --actor "$actor" --dry-run --format json | grep -oE '"ring":(true|false)'; }
check "of an actor it is said that the audience worker keeps something" [ "$(ring)" = '"ring":true' ]
"$microflux" erase --actor "$actor" > /dev/null
forgotten() { for _ in $(seq 150); do [ "$(ring)" = '"ring":false' ] && return; sleep 0.2; done; return 1; }
check "and it is forgotten when that is asked for" forgotten
kill -TERM $pid; wait $pid
check "SIGTERM ends it cleanly" [ $? = 0 ]
[ $failed = 0 ] || tail -n 5 "$DIR"/{score,audience,all}.log
summary
