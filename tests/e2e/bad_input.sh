#!/usr/bin/env bash
# Hostile records end as documented: in dead-letters, untouched, with a code and a sentence; everything around them counts.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
stack_up || exit 1
"$microflux" topics create --partitions 2 > /dev/null
"$microflux" run --set schema.max_record_bytes=900000 2> "$DIR/worker.log" &
pid=$!
date +%s%3N > "$DIR/now"
now=$(cat "$DIR/now")
send() { kcat -P -b "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" -X topic.partitioner=murmur2_random -X message.max.bytes=2000000 "$@"; }
echo "{\"creator_id\":\"good\",\"platform\":\"TIKTOK\",\"observed_at\":$now,\"followers\":5000}" > "$DIR/profile"
"$microflux" produce --topic profiles "$DIR/profile" 2> /dev/null
kcat -C -b "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" -t profiles -c 1 -D '' -e -q > "$DIR/good-profiles" 2> /dev/null
python3 "$root/tests/e2e/bad_input.py" "$DIR" || exit 1
n=0
while read -r topic key file _; do
  send -t "$topic" -k "$key" -H trace=abc "$file" && n=$((n + 1))
done < "$DIR/cases"
send -t profiles -k gone -Z /dev/null < /dev/null
echo '{"creator_id":"good","kind":"LIKE","count":7,"occurred_at":'"$now"'}' > "$DIR/like"
"$microflux" produce --topic interactions "$DIR/like" 2> /dev/null
for _ in $(seq 100); do
  "$microflux" tail dead-letters --until-end --format json > "$DIR/dead"
  [ "$(wc -l < "$DIR/dead")" -ge $n ] && break; sleep 0.1
done
check "the worker lives" kill -0 $pid
python3 - "$DIR" <<'P' > "$DIR/verdicts"
import json, sys
folder = sys.argv[1]
wanted = [l.split() for l in open(folder + "/cases")]
dead = [json.loads(l) for l in open(folder + "/dead")]
by_code = {}
for d in dead:
    by_code.setdefault(d["headers"]["microflux.error.code"], []).append(d)
for topic, key, path, code in wanted:
    found = by_code.get(code, [])
    ok = found and found[0]["headers"].get("trace") == "abc" and found[0]["headers"]["microflux.error.topic"] == topic
    print("ok  " if ok else "FAIL", code, (found[0]["headers"]["microflux.error.message"] if found else "nowhere")[:90])
P
while read -r verdict what; do [ "$verdict" = ok ] && ok "$what" || not_ok "$what"; done < "$DIR/verdicts"
"$microflux" state good --format json > "$DIR/state"
check "the record after them counts" grep -q '"LIKE":7' "$DIR/state"
check "nothing is kept of the bad ones" [ "$("$microflux" state bad-1 > /dev/null 2>&1; echo $?)" = 1 ]
kill -TERM $pid; wait $pid
check "SIGTERM ends it cleanly" [ $? = 0 ]
summary
