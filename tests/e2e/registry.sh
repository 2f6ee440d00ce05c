#!/usr/bin/env bash
# A real schema registry (Apicurio) between us and producers and consumers that are not ours: round trips, schemas that change on the way,
# the registry away at the start and in between, and a flood of ids that nobody knows (counted by a stub).
set -uo pipefail
source "$(dirname "$0")/stack.sh"
foreign_client || exit 1
registry_port=$(($(free_port) + 41))
registry=$(mktemp -d)
registry_up() { "$root/deploy/registry.sh" up "$registry" "$registry_port"; }
registry_up & starting=$!
stack_up || exit 1
clean() {
  # shellcheck disable=SC1083,SC2093
  { exec {FOREIGN[1]}>&- {STUB[1]}>&-; wait "${FOREIGN_PID:-}" "${STUB_PID:-}"; } 2> /dev/null # both end with their stdin
  "$root/deploy/registry.sh" kill "$registry"
  rm -rf "$registry"
  stack_down
}
trap clean EXIT
wait $starting || exit 1
url=http://127.0.0.1:$registry_port/apis/ccompat/v7
export MICROFLUX_REGISTRY_URL=$url MICROFLUX_REGISTRY_CACHE_FILE=$DIR/registry.json NO_PROXY=127.0.0.1

coproc FOREIGN { "$venv/bin/python" "$root/tests/e2e/foreign.py" "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" "$url"; }
{ coproc STUB { python3 "$root/tests/registry/stub.py"; }; } 2> /dev/null # bash warns of two
read -ru "${FOREIGN[0]}" answer && read -ru "${STUB[0]}" stub_port
ask() { echo "$*" >&"${FOREIGN[1]}"; read -ru "${FOREIGN[0]}" answer; echo "$answer"; }
stub() { echo "$*" >&"${STUB[1]}"; read -ru "${STUB[0]}" answer; echo "$answer"; }

eventually() { # SECONDS COMMAND...
  local end=$(($(date +%s) + $1)); shift
  until "$@"; do [ "$(date +%s)" -lt $end ] || return 1; sleep 0.1; done
}
counted() { # [NOT]: the totals are what the foreign producer sent, creators of partition NOT aside
  "$microflux" state --all > "$DIR/states" 2> /dev/null && [ "$(ask compare "$DIR/states" "$@")" = same ]
}
scores_read() { [ "$(ask scores)" = same ]; }
records() { "$microflux" tail "$@" --until-end --format json | wc -l; } # TOPIC
lines() { grep -c " $1 " "$2"; } # EVENT LOG
worker() { # LOG OPTIONS...: a static member, so that the one after a kill -9 has its lanes at once
  "$microflux" run --set kafka.group.instance.id=one "${@:2}" 2>> "$DIR/$1.log" &
  pid=$!
}

"$microflux" topics create --partitions 4 > /dev/null
worker worker
for version in 1 2 3 4; do ask round $version 25; done > /dev/null
check "a producer that changes its schema three times loses nothing" eventually 60 counted
check "their AvroDeserializer reads our last word on each creator" eventually 30 scores_read
grep -c . "$DIR/states" | sed 's/$/ creators/'
printf '{"creator_id":"creator-%d","platform":"TIKTOK","observed_at":1700000000000,"followers":5000}\n' 0 1 2 3 4 5 6 7 8 9 > "$DIR/profiles"
"$microflux" produce --topic profiles "$DIR/profiles" 2> /dev/null
check "their AvroDeserializer reads what our produce sent" [ "$(ask read profiles)" = 10 ]
check "our tail reads every version of theirs" [ "$("$microflux" tail interactions --until-end --format json | grep -c '"agent":"x"\|"kind":"LIKE"')" = 4000 ]
ask refuse other-value > /dev/null
"$microflux" run --set topics.creator_scores=other 2> "$DIR/refused"; status=$?
check "a schema that is incompatible there is no start, and the log says so: $(tail -1 "$DIR/refused" | cut -c1-120)" [ $status = 69 ]
"$microflux" check --connect --set topics.creator_scores=other > "$DIR/checked"
check "and check --connect says it before: $(grep -o 'would not take.*' "$DIR/checked")" [ "$(grep -c 'would not take our schema under other-value' "$DIR/checked")" = 1 ]

ask round 2 5 > /dev/null; sleep 0.3 # counted, but not told yet: these are read again
kill -9 $pid; wait $pid 2> /dev/null
worker again --set registry.cache_file= # so that no id is known when they are
check "killed -9 and started without the file: every id is asked for again, nothing is lost" eventually 60 counted
check "and every score was told" eventually 30 scores_read

ask prepare 5 > /dev/null
kill -9 $pid; wait $pid 2> /dev/null
"$root/deploy/registry.sh" kill "$registry"
worker cold
ask round 2 5 > /dev/null
check "a start without the registry: ids and schemas come from the file" eventually 60 counted
check "our own ids, too" [ "$(lines registry_remembered "$DIR/cold.log")" = 4 ]
lane=$(ask stuck)
check "an id that cannot be asked for: the other lanes go on" eventually 60 counted "$lane"
check "its own lane waits and says so" eventually 30 grep -q "lane_waits lane=$lane .*topic=interactions" "$DIR/cold.log"
check "nothing is rejected" [ "$(MICROFLUX_REGISTRY_URL='' records dead-letters)" = 0 ]
"$microflux" run --set registry.cache_file= --set group=late --set namespace=late 2> "$DIR/late.log" & late=$!
check "a start without the registry and without the file waits, and says so" eventually 15 grep -q ' start_waits ' "$DIR/late.log"
registry_up & starting=$!

# meanwhile, a registry that knows nothing (a stub, which counts)
cold=$pid
other=(--set registry.url="http://127.0.0.1:$stub_port" --set registry.cache_file= --set namespace=flood --set group=flood)
for topic in profiles posts interactions creator_scores dead_letters; do other+=(--set "topics.$topic=flood-$topic"); done
"$microflux" topics create --partitions 4 "${other[@]}" > /dev/null
ask flood flood-profiles 2000 20 > /dev/null
worker flood "${other[@]}"
rejected() { [ "$(MICROFLUX_REGISTRY_URL='' records flood-dead_letters)" = 2000 ]; }
check "2,000 records of 20 unknown ids: each is a dead letter" eventually 60 rejected
check "and each id was asked for once" [ "$(stub count '/schemas/ids/*')" = 20 ]
kill -TERM $pid; wait $pid; check "SIGTERM ends it cleanly" [ $? = 0 ]

wait $starting
check "the lane goes on by itself when the registry is back, and nothing is lost" eventually 60 counted
check "one line says that the registry went, one that it is back" [ "$(lines registry_away "$DIR/cold.log")$(lines registry_back "$DIR/cold.log")" = 11 ]
check "still nothing is rejected" [ "$(records dead-letters)" = 0 ]
check "and so does the start that waited" eventually 15 grep -q ' output_schema .*id=' "$DIR/late.log"
kill -TERM $late; wait $late
kill -TERM $cold; wait $cold; check "SIGTERM ends it cleanly" [ $? = 0 ]
cat "$DIR"/*.log 2> /dev/null | grep -hE ' (WARN|ERROR) | (registry_|lane_waits|lane_goes|output_)' | cut -c1-170
summary
