#!/usr/bin/env bash
# Counters are exact through kill -9 of workers, kill -9 of Redis (AOF) and rebalances: a generated stream into two
# workers on a real Kafka and a real Redis, compared creator by creator with an independent recount.
# usage: exact.sh [CREATORS=200] [KILLS=10] [LEAST=1]     LEAST: how often each field of a score must have been compared with a value that says something
set -uo pipefail
source "$(dirname "$0")/stack.sh"
creators=${1:-200} kills=${2:-10} least=${3:-1} totals=VIEW,LIKE,COMMENT,SHARE,SAVE
stack_up || exit 1
"$microflux" config secret > "$DIR/secret" && chmod 600 "$DIR/secret" || exit 1
export MICROFLUX_PRIVACY_SECRET_FILE=$DIR/secret MICROFLUX_EMV_FILE=$root/data/emv/example.conf # so that actors and values are known
export MICROFLUX_COUNTING_TOTALS=FACEBOOK:$totals
# peers of five are enough here, so that scores stand in live tables while workers die
cp -r "$root/data" "$DIR/data" && sed -i '/^\[peers\]/,/^\[/s/^least = .*/least = 5/' "$DIR/data/methodology/microflux-1.conf" || exit 1
export MICROFLUX_DATA=$DIR/data MICROFLUX_METHODOLOGY_FILE=$DIR/data/methodology/microflux-1.conf MICROFLUX_PEERS_INTERVAL_S=1
peers_recount() { python3 "$root/tests/e2e/peers_recount.py" "$REDIS_PORT"; }
"$microflux" topics create --replay > /dev/null
"$microflux" generate --creators "$creators" --posts 20 --singles 4 --fraud 0.3 --totals 0.1 --characters --out "$DIR/events" --truth "$DIR/truth" 2> "$DIR/generated"
python3 "$root/tests/e2e/restless.py" "$DIR/events" && "$microflux" produce --timestamps event "$DIR/events" 2>> "$DIR/generated" || exit 1
log_ends
cat "$DIR/generated"

worker() { # NUMBER: small caches and frequent commits, so that evictions, loads and many commits happen
  "$microflux" run --set memory_mib=64 --set lane.commit_ms=20 --set kafka.session.timeout.ms=6000 --set kafka.queued.min.messages=200 \
    --set kafka.fetch.message.max.bytes=20000 2>> "$DIR/worker$1.log" &
  pids[$1]=$!
}

declare -A pids
worker 1; worker 2
for i in $(seq "$kills"); do
  sleep 0.$((RANDOM % 8 + 2))
  n=$((i % 2 + 1))
  kill -9 "${pids[$n]}"; wait "${pids[$n]}" 2> /dev/null
  worker $n
done
check "workers killed -9 $kills times: every fence reaches the end of its log" settled 90
"$microflux" state --all > "$DIR/states" || exit 1
check "workers killed -9 $kills times: buckets, totals and posts equal the recount" python3 "$root/tests/e2e/recount.py" "$DIR/events" "$DIR/states"
check "workers killed -9 $kills times: histograms of peers are the sum of the creators' entries" peers_recount
check "the generator's own truth agrees" python3 "$root/tests/e2e/totals.py" "$DIR/truth" "$DIR/states"

"$microflux" produce --timestamps event "$DIR/events" 2> /dev/null && log_ends
for i in 1 2 3; do
  sleep 0.5
  kill -9 "$(cat "$DIR/redis.pid")"; sleep 0.5; redis_up
done
check "Redis killed -9 three times (AOF everysec): every fence reaches the end of its log" settled 90
"$microflux" state --all > "$DIR/states" || exit 1
check "Redis killed -9 three times: everything equals the recount of twice the events" python3 "$root/tests/e2e/recount.py" "$DIR/events" "$DIR/states" 2
check "Redis killed -9 three times: histograms of peers are the sum of the creators' entries" peers_recount
kill -TERM "${pids[1]}" "${pids[2]}"; wait "${pids[1]}"; one=$?; wait "${pids[2]}"; two=$?
check "SIGTERM ends both workers cleanly" [ $one$two = 00 ]
# The fences are lost but the creators are still there: a lane must neither go on silently nor count on top of them.
redis-cli -p "$REDIS_PORT" --scan --pattern 'mf:*:fence' | xargs redis-cli -p "$REDIS_PORT" del > /dev/null
"$microflux" run 2> "$DIR/held.log" & pid=$!
sleep 4; kill -TERM $pid; wait $pid
check "lost fences hold every lane, and the log says what to do" [ "$(grep -c 'lane_held.*redis.lost=rebuild' "$DIR/held.log")" = 8 ]
"$microflux" run --set redis.lost=rebuild 2> "$DIR/rebuild.log" & pid=$!
check "redis.lost=rebuild: every fence reaches the end of its log" settled 90
kill -TERM $pid; wait $pid
"$microflux" state --all > "$DIR/states" || exit 1
check "redis.lost=rebuild: counted again from nothing, leftovers gone" python3 "$root/tests/e2e/recount.py" "$DIR/events" "$DIR/states" 2
check "redis.lost=rebuild: histograms of peers begin anew with their creators" peers_recount
explained() { # whole: who reads a part of it only ends the writer
  grep -q '^  Authenticité : .* sur 100' <<< "$("$microflux" explain creator-1 --language fr)" &&
    grep -q '"creator_id":"creator-1"' <<< "$("$microflux" explain creator-1 --format json)"
}
check "explain says the scores of the live state, in French and as JSON" explained
check "every published record equals the reference at the log prefix it names" recomputed --secret "$DIR/secret" --emv "$MICROFLUX_EMV_FILE" \
  --totals "FACEBOOK=$totals" --least "$least"
check "some stand in a table of their stream: $(grep -c '"source":"STREAM"' "$DIR/creator-scores.log")" grep -q '"source":"STREAM"' "$DIR/creator-scores.log"
"$microflux" tail dead-letters --until-end --format json > "$DIR/dead"
check "amounts beyond 10^12 are dead letters, each of them and nothing else" python3 "$root/tests/e2e/recount.py" --dead "$DIR/events" "$DIR/dead" 2
grep -hc . "$DIR"/worker*.log | paste -sd' ' | sed 's/^/log lines: /'
grep -hoE ' (lane_lost|lane_held|redis_away|redis_back|kafka_[a-z]+|feed_silent|not_[a-z]+)' "$DIR"/worker*.log | sort | uniq -c
summary
