#!/usr/bin/env bash
# What audiences cost: the same events through the score worker alone, and with an embedding through score and audience worker together,
# each with a fresh namespace; CPU of the workers and of Redis, records a comment, bytes a creator and an actor.
# usage: audience_cost.sh [EVENTS] [RECORDS=300000] [MODEL]     default: $MICROFLUX_DATA/instagram-replay/events.ndjson.gz
#   EVENTS    the replay, or events as `produce` reads them
#   MODEL     an embedding to use (default: it is trained on those events)
set -uo pipefail
source "$(dirname "$0")/../e2e/stack.sh"
events=${1:-${MICROFLUX_DATA:-$root/../shared/data}/instagram-replay/events.ndjson.gz} n=${2:-300000} model=${3:-}
unset MICROFLUX_DATA # to the worker it is the folder of the lists
XMX=1g stack_up || exit 1
"$microflux" config secret > "$DIR/secret" && chmod 600 "$DIR/secret" || exit 1
case $events in
*.gz) python3 "$root/tests/replay/map.py" "$events" 2> /dev/null ;;
*) cat "$events" ;;
esac | head -n "$n" > "$DIR/events"
[ -n "$model" ] || { model=$DIR/model; "$microflux" train embed "$DIR/events" --out "$model" > /dev/null || exit 1; }
"$microflux" topics create --replay > /dev/null
"$microflux" produce --timestamps event "$DIR/events" 2> /dev/null || exit 1

redis_cpu() { redis-cli -p "$REDIS_PORT" info cpu | tr -d '\r' | awk -F: '/^used_cpu_(sys|user):/ { s += $2 } END { print s }'; }
spent() { awk '{ print ($14 + $15) / 100 }' "/proc/$1/stat"; }                     # seconds of CPU of a living process
ends() { "$microflux" tail "$1" --until-end --format json | wc -l; }                # records of a topic
bytes() { # PATTERN: mean bytes of up to 500 keys, all that Redis spends on them
  redis-cli -p "$REDIS_PORT" --scan --pattern "$1" | head -500 | sed 's/^/MEMORY USAGE /' | redis-cli -p "$REDIS_PORT" | awk '{ s += $1 } END { print NR ? s / NR : 0 }'
}
measured() { # KIND [OPTIONS]: runs to the end of every log; seconds of CPU of worker and Redis into $worker $redis
  local before; before=$(redis_cpu)
  "$microflux" run "$1" --set privacy.secret_file="$DIR/secret" --set group="$1" --set audience.group="$1-audience" \
    --set score.min_interval_ms=1000 "${@:2}" 2> "$DIR/$1.log" &
  local pid=$!
  through "$1" || { tail -3 "$DIR/$1.log"; return 1; }
  worker=$(spent $pid) redis=$(awk -v a="$before" -v b="$(redis_cpu)" 'BEGIN { print b - a }')
  kill -TERM $pid; wait $pid
}
through() { # KIND: each link is done when the one before is
  log_ends && settled 150 && { [ "$1" = score ] || { log_ends audience-edges && settled 60 && log_ends affinity-updates && settled 60; }; }
}
measured score || exit 1
off=$(awk -v w="$worker" -v r="$redis" 'BEGIN { print w + r }'); echo "off: worker $worker s, Redis $redis s"
redis-cli -p "$REDIS_PORT" flushall > /dev/null
measured all --set models.embedding="$model" || exit 1
on=$(awk -v w="$worker" -v r="$redis" 'BEGIN { print w + r }'); echo "on:  worker $worker s, Redis $redis s"
comments=$(grep -c '"COMMENT"' "$DIR/events") edges=$(ends audience-edges) updates=$(ends affinity-updates)
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
echo "CPU with audiences: $(ratio "$on" "$off") of without; $n records, $comments comments"
echo "records a comment: $(ratio "$edges" "$comments") edges, $(ratio "$updates" "$comments") updates"
echo "bytes in Redis: $(bytes 'mf:*:score:*:y:*') more a creator met, $(bytes 'mf:*:audience:*:r:*') an actor"
