#!/usr/bin/env bash
# Real events through a real Kafka, two workers and Redis, against an independent recount (every creator's totals, buckets, posts, profile
# days) and the reference (every field of every published score, from the log prefix it names); ends with each flag's rate.
# usage: run.sh [EVENTS.ndjson.gz] [KILLS=0] [shuffle]     default: $MICROFLUX_DATA/instagram-replay/events.ndjson.gz
#   KILLS     kill -9 of a worker so often while it runs
#   shuffle   records re-ordered within the hour
set -uo pipefail
source "$(dirname "$0")/../e2e/stack.sh"
events=${1:-${MICROFLUX_DATA:-$root/../shared/data}/instagram-replay/events.ndjson.gz} kills=${2:-0} shuffle=${3:-}
unset MICROFLUX_DATA # to the reference it is the folder of the lists
XMX=1g stack_up || exit 1
"$microflux" config secret > "$DIR/secret" && chmod 600 "$DIR/secret" || exit 1
export MICROFLUX_PRIVACY_SECRET_FILE=$DIR/secret MICROFLUX_EMV_FILE=$root/data/emv/example.conf
python3 "$root/tests/replay/map.py" "$events" > "$DIR/events" || exit 1
if [ -n "$shuffle" ]; then
  python3 - "$DIR/events" <<'P' > "$DIR/shuffled"
import json, random, sys
random.seed(7)
lines = [(json.loads(l)["timestamp"] // 3600000, random.random(), l) for l in open(sys.argv[1])]
sys.stdout.writelines(l for _, _, l in sorted(lines))
P
  mv "$DIR/shuffled" "$DIR/events"
fi
wc -l < "$DIR/events" | sed 's/$/ records/'
"$microflux" topics create --replay > /dev/null
"$microflux" produce --timestamps event "$DIR/events" || exit 1
log_ends
worker() { # NUMBER: small batches, so that creators are scored at many moments of the eight years, not only in the end
  "$microflux" run --set kafka.session.timeout.ms=6000 --set lane.commit_ms=50 --set score.min_interval_ms=0 \
    --set kafka.queued.min.messages=1000 --set kafka.fetch.message.max.bytes=200000 2>> "$DIR/worker$1.log" &
  pids[$1]=$!
}
declare -A pids
start=$SECONDS
worker 1; worker 2
for i in $(seq "$kills"); do
  sleep 0.$((RANDOM % 8 + 2)); n=$((i % 2 + 1))
  kill -9 "${pids[$n]}"; wait "${pids[$n]}" 2> /dev/null; worker $n
done
check "every fence reaches the end of its log" settled 240
echo "settled after $((SECONDS - start)) s"
"$microflux" state --all > "$DIR/states" || exit 1
check "0 differences ($kills kills${shuffle:+, re-ordered within the hour})" python3 "$root/tests/e2e/recount.py" "$DIR/events" "$DIR/states" 1 --fields
kill -TERM "${pids[1]}" "${pids[2]}"; wait
logs_read && "$root/deploy/kafka.sh" stop "$DIR/kafka" > /dev/null || exit 1
check "every published record equals the reference at the log prefix it names" recomputed --secret "$DIR/secret" --emv "$MICROFLUX_EMV_FILE"
python3 "$root/tests/replay/flags.py" rates "$DIR/creator-scores.log" # figures of docs/reference/flags.md, no verdict: these accounts are no sample
summary
