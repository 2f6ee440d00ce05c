#!/usr/bin/env bash
# A long run over real Kafka and Redis: many records, some of them hostile, and nothing grows, stops or goes missing.
# usage: tests/soak.sh [RECORDS] [PART_BAD]      default: 300000 records, 33 of 100 bad; the nightly's are in tests/nightly.sh
# What memory may do is said in tests/soak.py. 50 M records want 10 GB of disk, 10 M bad ones as much.
set -uo pipefail
source "$(dirname "$0")/e2e/stack.sh"
records=${1:-300000} part_bad=${2:-33}
foreign_client || exit 1
XMX=${XMX:-768m} stack_up || exit 1
"$microflux" topics create --partitions 4 > /dev/null
date +%s%3N > "$DIR/now"; now=$(cat "$DIR/now")
echo "{\"creator_id\":\"good\",\"platform\":\"TIKTOK\",\"observed_at\":$now,\"followers\":5000}" > "$DIR/profiles"
echo "{\"creator_id\":\"good\",\"kind\":\"LIKE\",\"count\":7,\"occurred_at\":$now}" > "$DIR/interactions"
for topic in profiles interactions; do # what a good record looks like: its frame is taken from it
  "$microflux" produce --topic $topic "$DIR/$topic" 2> /dev/null
  kcat -C -b "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" -t $topic -c 1 -D '' -e -q > "$DIR/good-$topic" 2> /dev/null
done
MICROFLUX_HTTP_ADDRESS=127.0.0.1:$((base + 33)) "$microflux" run 2> "$DIR/worker.log" &
pid=$!
until curl -sf "http://127.0.0.1:$((base + 33))/metrics" > /dev/null; do sleep 0.1; done
"$venv/bin/python" "$root/tests/soak.py" "$DIR" "$records" "$part_bad" $pid "http://127.0.0.1:$((base + 33))/metrics" > "$DIR/verdicts" 2> "$DIR/soak.log" ||
  { cat "$DIR/soak.log"; not_ok "soak.py ends"; }
while read -r verdict what; do if [ "$verdict" = ok ]; then ok "$what"; else not_ok "$what"; fi; done < "$DIR/verdicts"
check "every fence stands at the end" settled
check "the worker lives" kill -0 $pid
check "no lane is held" [ "$(grep -c lane_held "$DIR/worker.log")" = 0 ]
"$microflux" state good --format json > "$DIR/state"
check "the record before them counts once" grep -q '"LIKE":7' "$DIR/state"
kill -TERM $pid; wait $pid
check "SIGTERM ends it cleanly" [ $? = 0 ]
summary
