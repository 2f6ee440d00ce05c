#!/usr/bin/env bash
# The consumers of docs/consumers, in Python, Java and C, on what a real worker said through a real registry: they print the same scores,
# those that `microflux tail` says, past late words of a zombie, erasures and a later schema. The registry judges our schemas, too.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
foreign_client || exit 1
examples=$root/docs/consumers
stack_folder
java=${MICROFLUX_CACHE:-$HOME/.cache/microflux}/consumer-java-$(cat "$examples/java/pom.xml" "$examples"/java/src/main/java/* | sha1sum | cut -c1-12)
build_java() { # kept as long as it does not change
  [ -d "$java" ] || { mvn -B -q -f "$examples/java/pom.xml" "-Dto=$DIR/java" package && mv "$DIR/java" "$java"; }
}
build_java > "$DIR/java.log" 2>&1 & building=$!
# shellcheck disable=SC2046
{ "$root/deploy/registry.sh" up "$DIR/registry" $((base + 41)) &&
  cc -Wall -Wextra -Werror "$examples/consumer.c" -o "$DIR/consumer" $(pkg-config --cflags --libs rdkafka avro-c jansson libcurl); } & starting=$!
stack_up || exit 1
trap '"$root/deploy/registry.sh" kill "$DIR/registry"; stack_down' EXIT
wait $starting || exit 1
registry=http://127.0.0.1:$((base + 41))/apis/ccompat/v7
export MICROFLUX_REGISTRY_URL=$registry MICROFLUX_REGISTRY_CACHE_FILE=$DIR/registry.json NO_PROXY=127.0.0.1
more() { local word=$1; shift; "$venv/bin/python" "$root/tests/e2e/consumers.py" "$word" "$@"; }
silent() { "$@" > /dev/null 2>&1; }

more released "$registry" > "$DIR/judged"; judged=$?
check "FULL_TRANSITIVE: the registry takes what fits every released schema and nothing else: $(cat "$DIR/judged")" [ $judged = 0 ]
"$microflux" topics create --replay --partitions 4 > /dev/null
"$microflux" generate --creators 60 --posts 20 --singles 2 --out "$DIR/events" 2> /dev/null
echo '{"topic":"interactions","timestamp":1767300000000,"value":{"creator_id":"ghost","post_id":null,"kind":"LIKE","count":1,"occurred_at":1767300000000}}' >> "$DIR/events"
"$microflux" run 2> "$DIR/worker.log" & worker=$!
half=$(($(wc -l < "$DIR/events") / 2))
head -$half "$DIR/events" | "$microflux" produce --timestamps event - 2> /dev/null && log_ends && settled 90
tail -n +$((half + 1)) "$DIR/events" | "$microflux" produce --timestamps event - 2> /dev/null
silent "$microflux" erase creator-7 --wait
log_ends; settled 90
kill $worker; wait $worker
more stale "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" creator-1 creator-2 creator-7
more newer "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" "$registry" creator-3

"$microflux" tail creator-scores --until-end --format json > "$DIR/tail" && more expected "$DIR/tail" > "$DIR/expected"
said() { wc -l < "$DIR/expected"; }
check "tail knows $(said) creators: one without a tier, none that was erased, one by a later schema" \
  [ "$(grep -cE '^(ghost - - |creator-7 |creator-3 [A-Z]+ 0\.1234567 [0-9])' "$DIR/expected")/$(said)" = 2/60 ]
check "and some have every number" grep -qE '^creator-[0-9]+ [A-Z]+ 0\.[0-9]{7} [0-9]+\.[0-9]{3}$' "$DIR/expected"
wait $building || { cat "$DIR/java.log"; exit 1; }
same() { "$@" "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" "$registry" > "$DIR/printed" && cmp "$DIR/printed" "$DIR/expected"; }
check "Python prints the same" same "$venv/bin/python" "$examples/consumer.py"
check "C prints the same" same "$DIR/consumer"
check "Java prints the same" same java -cp "$java/*" Scores
summary
