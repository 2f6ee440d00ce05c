#!/usr/bin/env bash
# The tools of the first day on real parts: lag (also behind transactions and without an owner), dead-letters with a replay that
# counts, state and lag --watch, JSON everywhere, completion, man pages, exit codes, and the nearest right word.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
stack_up || exit 1
server=$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS

json() { python3 -c 'import json,sys
rows=[json.loads(l) for l in sys.stdin]
sys.exit(not (rows and eval(sys.argv[1])))' "$1"; } # EXPRESSION over rows, the objects on stdin
until_json() { # SECONDS EXPRESSION COMMAND...
  local i
  for i in $(seq "$(($1 * 5))"); do "${@:3}" 2> /dev/null | json "$2" && return; sleep 0.2; done
  "${@:3}"; return 1
}
exits() { local status=$1; shift; "$@" > "$DIR/out" 2> "$DIR/err"; [ $? = "$status" ]; } # STATUS COMMAND...
worker() { "$microflux" run "$@" 2>> "$DIR/worker.log" & pid=$!; }
lag() { "$microflux" lag --format json "$@"; }
letters() { "$microflux" dead-letters "$@"; }

check 'topics create --format json' json 'len(rows)==12 and all(r["created"] for r in rows)' < <("$microflux" topics create --partitions 2 --format json)
check 'lag before the first worker: every lane waits for one' until_json 1 'len(rows)==6 and all(r["waits_for"]=="a worker" and r["applied"] is None for r in rows)' lag

# ---- lag ----
now=$(date +%s%3N)
for i in $(seq 20); do echo '{"topic":"profiles","value":{"creator_id":"c'"$i"'","platform":"TIKTOK","observed_at":'"$now"',"followers":5000}}'; done > "$DIR/events"
"$microflux" produce "$DIR/events" 2> /dev/null
check 'records that nobody read are behind, by seconds' until_json 15 'sum(r["records"] for r in rows)==20 and max(r["seconds"] for r in rows)>=1' lag
worker
check 'a worker catches up, owns the lanes, and Kafka is told' until_json 60 'all(r["records"]==0 and r["owner"] and r["waits_for"]=="" for r in rows) and sum(r["committed"] for r in rows if r["input"]=="profiles")==20' lag
first() { kcat -C -b "$server" -t profiles -p 0 -o 0 -c 1 -e -q "$@" 2> /dev/null; }
first -D '' > "$DIR/profile"
"$root/build/transact" "$server" profiles 2 "$(first -f %k)" "$DIR/profile"
check 'control records of transactions do not keep it behind' until_json 30 'all(r["records"]==0 for r in rows) and sum(r["end"] for r in rows if r["input"]=="profiles")==28' lag
check 'lag --watch looks again' [ "$(timeout 10 "$microflux" lag --watch --format json | head -12 | wc -l)" = 12 ]
check 'lag as text names owner and total' grep -q '^0 records behind' <("$microflux" lag)

# ---- state ----
check 'state --watch looks again' json 'len(rows)==2' < <(timeout 10 "$microflux" state c1 --watch --format json | head -2)
check 'nothing known of a creator is 1' exits 1 "$microflux" state nobody

# ---- dead letters ----
python3 - "$DIR" "$now" <<'P'
import sys
folder, now = sys.argv[1], int(sys.argv[2])
def long(n):
    n = (n << 1) ^ (n >> 63); out = b""
    while n > 127: out += bytes([n & 127 | 128]); n >>= 7
    return out + bytes([n])
text = lambda s: long(len(s)) + s.encode()
body = text("c1") + long(0) + long(0) + long(2) + long(7) + long(now) + long(0) * 4
open(folder + "/framed", "wb").write(b"\0\0\0\0\7" + body)
P
send() { kcat -P -b "$server" -X topic.partitioner=murmur2_random -H trace=abc "$@"; }
send -t interactions -k c1 "$DIR/framed"; printf garbage | send -t posts -k c2
check 'list: what was refused and why' until_json 15 'sorted(r["code"] for r in rows)==["schema_unknown","wrong_frame"]' letters list --format json
check 'list: by reason and by topic' json 'len(rows)==1 and rows[0]["topic"]=="posts"' < <(letters list --topic posts --format json)
check 'list: nothing of that reason' [ "$(letters list --reason late | tail -1 | tr -s ' ')" = ' 0 dead letters' ]
check 'list: counts' json 'sum(r["letters"] for r in rows)==2' < <(letters list --counts --format json)
at=$(letters list --reason schema_unknown --format json | python3 -c 'import json,sys; r=json.loads(sys.stdin.readline()); print("%d/%d" % (r["partition"],r["offset"]))')
letters show "$at" > "$DIR/shown"
check 'show: the story, the headers, the value decoded' [ "$(grep -cE '^trace: abc$|^microflux.error.code: schema_unknown$|^value: \{"creator_id":"c1".*"LIKE","count":7' "$DIR/shown")" = 3 ]
garbled=$(letters list --reason wrong_frame | head -1 | cut -d' ' -f1)
check 'show: what cannot be decoded, as bytes' grep -q '67 61 72 62 61 67 65  *garbage' <(letters show "$garbled")
check 'show: one that is not there is 1' exits 1 letters show 0/999
check 'replay wants to be sure' exits 64 letters replay
check 'replay --dry-run sends nothing' exits 0 letters replay --reason schema_unknown --dry-run --format json
check 'and says what it would do' json 'rows[0]["action"]=="would send" and rows[0]["topic"]=="interactions"' < "$DIR/out"
kill -TERM $pid; wait $pid; check 'SIGTERM ends the worker cleanly' [ $? = 0 ]
worker --set schema.ids=interactions:7="$root/schemas/interaction.avsc" --set publish.cloudevents=yes
letters replay --reason schema_unknown --yes > "$DIR/replayed" 2>&1
check 'replay: with its schema known the record counts' until_json 45 'rows[0]["totals"]["LIKE"]==7' "$microflux" state c1 --format json
"$microflux" tail interactions --until-end --format json > "$DIR/log"
check 'replay: key, timestamp and headers as they were, and a mark' json '(lambda a,b: a["key"]==b["key"] and a["timestamp"]==b["timestamp"] and a["partition"]==b["partition"] and b["headers"]=={"trace":"abc","microflux.replayed":"dead-letters/'"$at"'"})(*rows)' < "$DIR/log"

# ---- traces and CloudEvents ----
parent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
send -t interactions -k c1 -H traceparent=$parent "$DIR/framed"
check 'a score carries the traceparent of the record that caused it, and says what event it is' until_json 45 \
  '(lambda h: h.get("traceparent")=="'$parent'" and h["ce_type"]=="microflux.creator-scores" and h["ce_specversion"]=="1.0" and len(h["ce_id"])==16)([r for r in rows if r["key"]=="c1"][-1].get("headers",{}))' \
  "$microflux" tail creator-scores --until-end --format json
kill -TERM $pid; wait $pid

# ---- completion, help, man ----
# shellcheck disable=SC1090
source <("$microflux" completion bash)
complete_words() { COMP_WORDS=(microflux "$@") COMP_CWORD=$#; COMPREPLY=(); _microflux; echo "${COMPREPLY[*]}"; }
check 'completion: commands' [ "$(complete_words de)" = 'demo dead-letters' ]
check 'completion: verbs and options' [ "$(complete_words dead-letters r)/$(complete_words lag --w)" = 'replay/--watch' ]
check 'completion: values' [ "$(complete_words tail --format '')" = 'text json' ]
check 'completion: the script of zsh' grep -q '^compdef _microflux microflux' <("$microflux" completion zsh)
for command in $("$microflux" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
  exits 0 "$microflux" "$command" --help && grep -q '^Usage: microflux' "$DIR/out" || not_ok "$command --help"
done
check 'man pages' "$root/deploy/man.sh" "$microflux" "$DIR/man"
check 'a page a command, with its options' grep -q 'watch' "$DIR/man/microflux-lag.1"
check 'a wrong command names the nearest' grep -q 'did you mean dead-letters' <("$microflux" dead-leters 2>&1)
check 'a wrong verb names the nearest' grep -q 'did you mean replay' <(letters repaly 2>&1)
check 'a wrong option is 64' exits 64 "$microflux" lag --wach
check 'and names the nearest' grep -q 'did you mean --watch' "$DIR/err"
check 'Kafka away is 69' exits 69 "$microflux" lag --bootstrap 127.0.0.1:1
summary
