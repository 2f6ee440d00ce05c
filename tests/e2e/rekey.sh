#!/usr/bin/env bash
# `microflux rekey`: a topic under foreign keys becomes an input, exactly once, while its workers are killed, stopped beyond their session
# and joined by others; then the scores' counters over the copies are the truth. Judged by a client that is not ours.
# usage: rekey.sh [CREATORS=80] [ROUNDS=1] [RATE=1500]     a round: two kill -9, a zombie, a third worker that comes and goes;
#                                                      from the second on the broker is killed, too
set -uo pipefail
source "$(dirname "$0")/stack.sh"
creators=${1:-80} rounds=${2:-1} rate=${3:-1500}
foreign_client || exit 1
stack_folder
printf '%s\n' group.min.session.timeout.ms=500 transaction.abort.timed.out.transaction.cleanup.interval.ms=200 > "$DIR/broker"
EXTRA=$DIR/broker stack_up || exit 1
foreign() { "$venv/bin/python" "$root/tests/e2e/rekey.py" "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" "$@"; }
group() { echo "microflux-rekey.$1.$2"; }
inputs() { for i in profiles posts interactions; do echo "--set topics.$i=$1$i"; done; } # PREFIX

# shellcheck disable=SC2046
{
  "$microflux" topics create --replay && "$microflux" topics create --replay $(inputs sent-)
  "$microflux" generate --creators "$creators" --posts 20 --singles 4 --out "$DIR/events" --truth "$DIR/truth"
  "$microflux" produce --timestamps event $(inputs sent-) "$DIR/events"
} > "$DIR/prepared" 2>&1 || { cat "$DIR/prepared"; exit 1; }
for i in profiles posts interactions; do foreign topic raw-$i 5 retention.ms=-1 || exit 1; done

declare -A pids
copier() { # NAME FROM TO OPTIONS…: its name is its instance, so that it comes back under the same transactional id
  local name=$1 from=$2 to=$3; shift 3
  "$microflux" rekey --from "$from" --to "$to" --set rekey.instance="$name" --set kafka.session.timeout.ms=2000 \
    --set kafka.heartbeat.interval.ms=300 --set rekey.transaction_timeout_ms=3000 "$@" 2>> "$DIR/copier-$name.log" &
  pids[$name]=$!
}
busy() { copier "$1" raw-interactions interactions --set rekey.commit_records=200; }
killed() { kill -9 "${pids[$1]}"; wait "${pids[$1]}" 2> /dev/null; }
taken() { # NAME…: each of them has partitions (again), and time to open a transaction
  local name; for name in "$@"; do
    for _ in $(seq 600); do tail -n +"${seen[$name]:-1}" "$DIR/copier-$name.log" | grep -q ' partition_taken ' && break; sleep 0.1; done
    seen[$name]=$(($(wc -l < "$DIR/copier-$name.log") + 1))
  done
  sleep 0.$((RANDOM % 8 + 1))
}
declare -A seen

copier profiles raw-profiles profiles; copier posts raw-posts posts --workers 2
foreign scatter sent-profiles raw-profiles 100000 by-account && foreign scatter sent-posts raw-posts 100000 by-account || exit 1
for i in profiles posts; do check "$i: the group reaches the end of the source" foreign wait "$(group raw-$i $i)" raw-$i 60; done
"$microflux" run 2> "$DIR/score.log" & score=$! # from here on; a post that comes long after its likes would miss some
log_ends; check "the score worker reads them to their end" settled 90
busy one; busy two
foreign scatter sent-interactions raw-interactions "$rate" & scatter=$!
for round in $(seq "$rounds"); do
  taken one; killed one; busy one
  taken two one; killed two; busy two; busy three
  taken one two three; kill -STOP "${pids[one]}"; sleep 4; kill -CONT "${pids[one]}" # its partitions are others' by now
  taken one; killed three
  [ "$round" = 1 ] || { "$root/deploy/kafka.sh" kill "$DIR/kafka" 1; sleep 2; "$root/deploy/kafka.sh" start "$DIR/kafka" 1; "$root/deploy/kafka.sh" wait "$DIR/kafka" 1; }
done
wait $scatter
check "interactions: the group reaches the end of the source" foreign wait "$(group raw-interactions interactions)" raw-interactions 60
for i in profiles posts interactions; do
  check "$i: every record once, under its creator, untouched, in order" foreign judge raw-$i $i
done
check "a zombie's transaction was given up" grep -q ' transaction_lost ' "$DIR/copier-one.log"
kill -TERM "${pids[one]}" "${pids[two]}" "${pids[profiles]}" "${pids[posts]}"
for name in one two profiles posts; do wait "${pids[$name]}" || echo "$name: $?"; done > "$DIR/stopped"
check "SIGTERM ends them cleanly" [ ! -s "$DIR/stopped" ]

log_ends; check "the score worker reads the copies to their end" settled 90
"$microflux" state --all > "$DIR/states"
check "counters over the copies are the truth" python3 "$root/tests/e2e/totals.py" "$DIR/truth" "$DIR/states"
check "buckets and posts over the copies equal the recount" python3 "$root/tests/e2e/recount.py" "$DIR/events" "$DIR/states"
kill -TERM $score; wait $score

# What has no creator, and what the brokers refuse, in the same transactions as the rest.
foreign topic raw-odd 1 && foreign topic odd 3 max.message.bytes=2000 || exit 1
odd() { kcat -P -b "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" -t raw-odd -H trace=abc "$@"; }
post() { printf '{"creator_id":"%s","post_id":"p","posted_at":%s000,"format":"IMAGE","text":"%s"}\n' "$1" "$(date +%s)" "$2"; }
{ post small a; post large "$(head -c 3000 /dev/urandom | base64 -w0)"; post other b; } > "$DIR/posts"
"$microflux" produce --set topics.posts=raw-odd --topic raw-odd "$DIR/posts" 2> /dev/null
printf 'not avro' | odd -k actor; echo gone: | odd -Z -K :; echo : | odd -Z -K :
copier odd raw-odd odd --input posts --set rekey.tombstones=key
check "odd records hold nothing up" foreign wait "$(group raw-odd odd)" raw-odd 30
"$microflux" tail dead-letters --until-end --format json > "$DIR/letters"; "$microflux" tail odd --until-end --format json > "$DIR/odd"
codes=$(grep '"raw-odd"' "$DIR/letters" | grep -oE '"microflux.error.code": ?"[a-z_]+"' | grep -oE '[a-z_]+"$' | sort | tr -d '\n')
check "dead letters: not Avro, neither value nor key, too large for the target" [ "$codes" = 'refused"tombstone"wrong_frame"' ]
check "copied: the neighbours of the large one, and the tombstone under its key" \
  [ "$(grep -oE '"key": ?"[a-z]*"' "$DIR/odd" | grep -oE '[a-z]+"$' | sort | tr -d '\n')" = 'gone"other"small"' ]
kill -TERM "${pids[odd]}"; wait "${pids[odd]}"
grep -hoE ' (transaction_lost|partition_held|kafka_[a-z]+|feed_silent) .*reason=[A-Z_a-z]+' "$DIR"/copier-*.log | sed -E 's/worker=[^ ]+ //' | sort | uniq -c
summary
