#!/usr/bin/env bash
# Fits on real parts: 14 campaigns over a generated stream, five places a lane and campaign, while campaigns come, change and end, workers
# are killed -9 and Redis goes back. In the end each campaign's last records are exactly the best of each lane, as computed from the final
# state, each with its score; nobody else is left, and a creator who was erased has left all of them.
# usage: fits.sh [CREATORS=60] [model]     model: affinity by an embedding that is trained on the stream
set -uo pipefail
source "$(dirname "$0")/stack.sh"
creators=${1:-60}
stack_up || exit 1
"$microflux" config secret > "$DIR/secret" && chmod 600 "$DIR/secret" || exit 1
sed 's/^best = .*/best = 5/' "$root/data/methodology/microflux-1.conf" > "$DIR/five.conf" || exit 1
export MICROFLUX_PRIVACY_SECRET_FILE=$DIR/secret MICROFLUX_METHODOLOGY_FILE=$DIR/five.conf MICROFLUX_SWEEP_INTERVAL_S=10
"$microflux" topics create --partitions 2 --replay > /dev/null
"$microflux" generate --creators "$creators" --posts 12 --fraud 0.2 --characters --out "$DIR/events" --truth "$DIR/truth" 2> /dev/null
if [ "${2:-}" = model ]; then
  "$microflux" train embed "$DIR/events" --out "$DIR/embed.model" > "$DIR/trained" 2>&1 || cat "$DIR/trained"
  export MICROFLUX_MODELS_EMBEDDING=$DIR/embed.model
fi
split -n l/5 "$DIR/events" "$DIR/part."
part() { "$microflux" produce --timestamps event "$DIR/part.$1" 2> /dev/null || exit 1; }
put() { python3 "$root/tests/e2e/fits.py" campaigns "$@" > "$DIR/campaigns" && "$microflux" campaigns put "$DIR/campaigns" > /dev/null; }
worker() { "$microflux" run --set memory_mib=64 --set lane.commit_ms=20 --set score.min_interval_ms=0 --set kafka.session.timeout.ms=6000 2>> "$DIR/worker.log" & pid=$!; }
kill_worker() { kill -9 "$pid"; wait "$pid" 2> /dev/null; }
# each lane's tables equal what was published, and what the final state says
exact() {
  local end=$((SECONDS + ${1:-25}))
  until "$microflux" tail fit-scores --until-end --format json > "$DIR/fits" && "$microflux" state --all > "$DIR/states" &&
    python3 "$root/tests/e2e/fits.py" compare "$microflux" "$DIR/fits" "$DIR/states" 5 > "$DIR/compared"; do
    [ $SECONDS -lt $end ] || { cat "$DIR/compared"; return 1; }
    sleep 1
  done
  tail -1 "$DIR/compared"
}

put 1 12
worker
part aa
sleep 1.5; kill_worker
part ab; worker; sleep 2
cp -r "$DIR/redis" "$DIR/back"      # Redis as it is now comes back later
put 3 12; put 13 14                 # ten are as before, two changed (their seed is another), two are new
"$microflux" campaigns end c2 > /dev/null
part ac; sleep 1.5
kill -9 "$(cat "$DIR/redis.pid")"; rm -rf "$DIR/redis"; cp -r "$DIR/back" "$DIR/redis"; redis_up
part ad; sleep 1.5; kill_worker; worker
part ae; log_ends
check "the stream is counted through kill -9 and a Redis that went back" settled 90
check "of each campaign exactly the best of each lane were told last, with their scores" exact 90
check "they were told because places fell free and scores moved, too" python3 "$root/tests/e2e/fits.py" moved "$DIR/fits"
gone=$(python3 "$root/tests/e2e/fits.py" best "$DIR/fits")
"$microflux" erase "$gone" --wait > "$DIR/out" 2>&1 || cat "$DIR/out"
left() { "$microflux" tail fit-scores --until-end --format json > "$DIR/fits"; [ "$(python3 "$root/tests/e2e/fits.py" of "$DIR/fits" "$gone")" = 0 ]; }
for _ in $(seq 150); do left && break; sleep 0.2; done
check "$gone was erased and has left every campaign" left
check "its places went to others" exact 90
curl -s "$(grep -oE 'http=http://[^ ]+' "$DIR/worker.log" | tail -1 | cut -d= -f2)/metrics" | grep -E '^microflux_fit' || true
kill -TERM "$pid"; wait "$pid"
check "SIGTERM ends the worker cleanly" [ $? = 0 ]
grep -oE ' (lane_lost|lane_held|redis_away|campaign_refused)[^=]*(lane=[0-9]+ reason=[a-z_]+)?' "$DIR/worker.log" | sort | uniq -c
summary
