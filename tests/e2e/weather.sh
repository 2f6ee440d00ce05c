#!/usr/bin/env bash
# Redis away, the broker away: nothing lost, nothing doubled, no exit, one log line a change of state.
# usage: weather.sh [SECONDS=6]     how long each stays away (the nightly says 30)
set -uo pipefail
source "$(dirname "$0")/stack.sh"
away=${1:-6}
stack_up || exit 1
"$microflux" topics create --replay > /dev/null
"$microflux" generate --creators 100 --posts 24 --singles 4 --out "$DIR/events" --truth "$DIR/truth" 2> /dev/null
"$microflux" produce --timestamps event --rate 4000 "$DIR/events" 2> "$DIR/produce.log" &
producer=$!
"$microflux" run --set kafka.session.timeout.ms=6000 2> "$DIR/worker.log" &
pid=$!
sleep 3
redis-cli -p "$REDIS_PORT" shutdown > /dev/null 2>&1; sleep "$away"; redis_up
sleep 3
check "the worker lives while Redis is away $away s" kill -0 $pid
check "one line says that Redis went" [ "$(grep -c ' redis_away ' "$DIR/worker.log")" = 1 ]
check "one line says that it is back" [ "$(grep -c ' redis_back ' "$DIR/worker.log")" = 1 ]
redis-cli -p "$REDIS_PORT" config set maxmemory 1 > /dev/null; sleep 2; redis-cli -p "$REDIS_PORT" config set maxmemory 0 > /dev/null
redis-cli -p "$REDIS_PORT" replicaof 127.0.0.1 1 > /dev/null; sleep 2; redis-cli -p "$REDIS_PORT" replicaof no one > /dev/null
check "the worker lives through OOM and READONLY" kill -0 $pid
"$root/deploy/kafka.sh" stop "$DIR/kafka"; sleep "$away"; "$root/deploy/kafka.sh" start "$DIR/kafka" 1
"$root/deploy/kafka.sh" wait "$DIR/kafka" 1 60
wait $producer
check "the worker lives while the broker is away $away s" kill -0 $pid
log_ends
check "every fence reaches the end of its log" settled 90
"$microflux" state --all > "$DIR/states"
check "nothing lost, nothing doubled" python3 "$root/tests/e2e/totals.py" "$DIR/truth" "$DIR/states"
kill -TERM $pid; wait $pid
check "SIGTERM ends it cleanly" [ $? = 0 ]
grep -vE 'lane_taken|counters|configuration' "$DIR/worker.log" | cut -c1-160
summary
