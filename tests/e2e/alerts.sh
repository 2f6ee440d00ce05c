#!/usr/bin/env bash
# Alerts on real parts: what changes between two published records of a creator, or two shortlists of a campaign, is told once, also while
# workers and Redis are killed; what is worth one is computed again by the reference from the records themselves. The webhook of
# docs/consumers posts each once, and of an erased creator nothing stays.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
foreign_client || exit 1
export REDIS_FSYNC=always
stack_up || exit 1
"$microflux" config secret > "$DIR/secret" && chmod 600 "$DIR/secret" || exit 1
export MICROFLUX_PRIVACY_SECRET_FILE=$DIR/secret MICROFLUX_MEMORY_MIB=64 MICROFLUX_SWEEP_INTERVAL_S=10 MICROFLUX_LANE_COMMIT_MS=20
"$microflux" topics create --replay --partitions 2 > /dev/null || exit 1
py() { python3 "$root/tests/e2e/alerts.py" "$@"; }
paced() { if [ "$1" = 0 ]; then cat; else while read -r line; do echo "$line"; sleep "$1"; done; fi; } # SECONDS between two lines
part() { py events "$1" | paced "${2:-0}" | "$microflux" produce --timestamps event - 2> /dev/null; }
declare -A pids
worker() { # KIND
  "$microflux" run "$1" --set score.min_interval_ms=0 --set roster.min_interval_ms=100 --set kafka.group.instance.id=one 2>> "$DIR/$1.log" & pids[$1]=$!
}
kill_worker() { kill -9 "${pids[$1]}"; wait "${pids[$1]}" 2> /dev/null; worker "$1"; } # KIND: and another comes

py campaign > "$DIR/campaign" && "$microflux" campaigns put "$DIR/campaign" > /dev/null || exit 1
worker score
part before && log_ends && settled 90
told_fits() { [ "$("$microflux" tail fit-scores --until-end --format json | sed -E 's/.*"key":"([^"]*)".*/\1/' | sort -u | wc -l)" -ge 26 ]; }
for _ in $(seq 300); do told_fits && break; sleep 0.2; done
worker roster
part changed && part flapping 0.05 && log_ends && settled 90
for _ in $(seq 300); do "$microflux" shortlist spring > /dev/null 2>&1 && break; sleep 0.2; done
{ part crashed 0.04; part deal; } & producing=$!
sleep 0.8; kill_worker score
sleep 0.8; kill -9 "$(cat "$DIR/redis.pid")"; sleep 0.3; redis_up
sleep 0.6; kill_worker score; kill_worker roster
sleep 0.6; kill_worker score
wait $producing; kill_worker roster
log_ends
check "the stream is counted through five kill -9 and a Redis that came back" settled 90
part later
read_all() {
  for topic in creator-scores fit-scores shortlists alerts; do "$microflux" tail $topic --until-end --format json > "$DIR/$topic" || return 1; done
}
right() { # SECONDS
  local end=$((SECONDS + $1))
  until read_all && py check "$DIR" > "$DIR/verdict"; do [ $SECONDS -lt $end ] || { cat "$DIR/verdict"; return 1; }; sleep 1; done
  cat "$DIR/verdict"
}
check "no alert is lost, none is told twice to who drops equal ids, none is without cause, none comes within an hour" right 90

py sink $((base + 35)) "$DIR/bodies" & sink=$!
sleep 0.5
NO_PROXY=127.0.0.1 "$venv/bin/python" "$root/docs/consumers/webhook.py" "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" http://127.0.0.1:$((base + 35))/ 2> "$DIR/webhook.log" & hook=$!
all_posted() { for _ in $(seq 150); do py posted "$DIR/bodies" "$DIR/alerts" && return; sleep 0.3; done; cat "$DIR/webhook.log"; return 1; }
check "the webhook of docs/consumers posts each alert once, though it was away at first" all_posted
kill $hook $sink
"$microflux" erase authenticity-0 --wait > "$DIR/erased" 2>&1 || cat "$DIR/erased"
forgotten() {
  for _ in $(seq 100); do
    "$microflux" tail alerts --until-end --format json | grep '"key":"authenticity-0"' | tail -1 | grep -q '"value":null' && return
    sleep 0.3
  done
  return 1
}
check "after an erasure the last word on the creator is a tombstone" forgotten
kill -TERM "${pids[score]}" "${pids[roster]}"; wait "${pids[score]}"; one=$?; wait "${pids[roster]}"
check "SIGTERM ends the workers cleanly" [ $one$? = 00 ]
[ $failed = 0 ] || grep -hv counters "$DIR"/{score,roster}.log | tail -n 30
summary
