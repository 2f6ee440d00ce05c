#!/usr/bin/env bash
# A day of a generated market as a page, docs/market-day.md: a real Kafka, a real Redis, workers for scores, fits and rosters, 50 campaigns,
# two of which change. What is told is in market_day.py.
# usage: market_day.sh [CREATORS=5000] > docs/market-day.md
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
source tests/e2e/stack.sh
creators=${1:-5000}
{
  stack_up || exit 1
  "$microflux" config secret > "$DIR/secret" && chmod 600 "$DIR/secret" || exit 1
  export MICROFLUX_PRIVACY_SECRET_FILE=$DIR/secret
  "$microflux" topics create --partitions 4 --replay
  "$microflux" generate --creators "$creators" --days 9 --posts 2 --singles 2 --characters --out "$DIR/events" || exit 1
  py() { python3 tests/market_day.py "$@"; }
  py split "$DIR/events" "$DIR" || exit 1
  py campaigns "$DIR/events" > "$DIR/put" && "$microflux" campaigns put "$DIR/put" || exit 1
  "$microflux" run 2> "$DIR/worker.log" & one=$!
  "$microflux" run roster 2> "$DIR/roster.log" & two=$!
  told() { kcat -Q -b "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" -t fit-scores:{0,1,2,3}:-1 -t shortlists:{0,1,2,3}:-1 2> /dev/null | sort | md5sum; }
  quiet() { # nothing is told for 8 s
    local before=''
    until [ "$(told)" = "$before" ]; do before=$(told); sleep 8; done
  }
  "$microflux" produce --timestamps event "$DIR/history" || exit 1
  log_ends; settled 240 || exit 1
  quiet
  date +%s%3N > "$DIR/begins"
  "$microflux" produce --timestamps event "$DIR/day" || exit 1
  log_ends; settled 120 || exit 1
  quiet
  date +%s%3N > "$DIR/tells"
  py changed "$DIR/events" > "$DIR/changed" && "$microflux" campaigns put "$DIR/changed" || exit 1
  quiet
  for topic in campaigns shortlists; do "$microflux" tail $topic --until-end --format json > "$DIR/$topic.log" || exit 1; done
} >&2
python3 tests/market_day.py page "$DIR" "$microflux"; told=$?
kill -TERM "$one" "$two"; wait "$one" "$two"
[ -z "${KEEP:-}" ] || cp -r "$DIR" "$KEEP" >&2
exit $told
