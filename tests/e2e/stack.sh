# shellcheck shell=bash
# A real Kafka and a real Redis on free loopback ports in a folder of their own; sourced by the end-to-end tests.
#   stack_folder       sets DIR and base (Kafka on base+1 .., Redis on base+31), for who has to write files first
#   stack_up [NODES]   does that unless it was done, sets REDIS_PORT, exports the environment microflux reads
#   foreign_client     a Kafka client that is not ours, as $venv/bin/python (confluent-kafka)
#   stack_down         stops everything and removes DIR (also at exit)
base='' root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
microflux=${MICROFLUX_BINARY:-$root/build/microflux}
unset MICROFLUX_BINARY

free_port() { # a port with 40 free ones after it, within PORTS="FIRST LAST"
  python3 - ${PORTS:-20000 32000} <<'P'
import random, socket, sys
while True:
    base = random.randrange(int(sys.argv[1]), int(sys.argv[2]), 50)
    try:
        for p in range(base + 1, base + 40):
            s = socket.socket(); s.bind(("127.0.0.1", p)); s.close()
        print(base); break
    except OSError:
        pass
P
}

foreign_client() {
  venv=${MICROFLUX_CACHE:-$HOME/.cache/microflux}/venv
  "$venv/bin/python" -c 'import confluent_kafka.schema_registry.avro' 2> /dev/null ||
    { python3 -m venv "$venv" && "$venv/bin/pip" install -q fastavro==1.13.1 'confluent-kafka[avro,schemaregistry]==2.16.0'; } > /dev/null 2>&1 ||
    { echo "confluent-kafka is not in $venv and pip could not install it (is there a network?)"; return 1; }
}

# shellcheck disable=SC2120
redis_up() { # [OPTIONS of redis-server]
  mkdir -p "$DIR/redis"
  redis-server --port "$REDIS_PORT" --bind 127.0.0.1 --dir "$DIR/redis" --daemonize yes --pidfile "$DIR/redis.pid" --logfile "$DIR/redis.log" \
    --appendonly yes --appendfsync "${REDIS_FSYNC:-everysec}" --save '' "$@" > /dev/null
  until [ "$(redis-cli -p "$REDIS_PORT" ping 2> /dev/null)" = PONG ]; do sleep 0.05; done
}

stack_folder() { DIR=$(mktemp -d); base=$(free_port); trap stack_down EXIT; }

stack_up() {
  [ -n "${base:-}" ] || stack_folder
  REDIS_PORT=$((base + 31))
  XMX=${XMX:-384m} "$root/deploy/kafka.sh" up "$DIR/kafka" "$base" "${1:-1}" || return 1
  redis_up
  export MICROFLUX_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$((base + 1)) MICROFLUX_REDIS_ADDRESS=127.0.0.1:$REDIS_PORT
  export MICROFLUX_HTTP_ADDRESS=127.0.0.1:0 # several workers on one machine
}

stack_down() {
  for p in $(jobs -p); do kill -9 "$p" 2> /dev/null || true; done
  [ -f "$DIR/redis.pid" ] && kill -9 "$(cat "$DIR/redis.pid")" 2> /dev/null
  for p in "$DIR"/kafka/n*.pid; do kill -9 "$(cat "$p" 2> /dev/null)" 2> /dev/null || true; done
  sleep 0.2; rm -rf "$DIR"
}

# settled [SECONDS]: waits until Kafka's committed offsets stand at the end of every input (they follow the fence).
settled() {
  local end=$(($(date +%s) + ${1:-60}))
  until python3 "$root/tests/e2e/fences.py" "$REDIS_PORT" "$DIR/ends" ; do
    [ "$(date +%s)" -lt $end ] || { echo "not settled"; return 1; }
    sleep 0.2
  done
}

# log_ends [TOPIC...]: the end offset of each partition (of the three inputs), for settled; call after the last record was produced.
log_ends() {
  [ $# -gt 0 ] || set -- profiles posts interactions
  for topic in "$@"; do
    kcat -C -b "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" -t $topic -e -q -f '%p %o\n' |
      awk -v topic=$topic '$2 >= end[$1] { end[$1] = $2 + 1 } END { for (p in end) print topic, p, end[p] }'
  done > "$DIR/ends"
}

# logs_read: all inputs, scores and tables of peers as NDJSON, $DIR/TOPIC.log.
logs_read() {
  for topic in profiles posts interactions peer-tables creator-scores; do
    "$microflux" tail $topic --until-end --format json > "$DIR/$topic.log" || return 1
  done
  for topic in profiles posts interactions; do sed -i "s/^{/{\"topic\":\"$topic\",/" "$DIR/$topic.log"; done
}

# recomputed [OPTIONS]: every published score, computed again by the reference from the log prefix its `source` names.
recomputed() {
  [ -f "$DIR/creator-scores.log" ] || logs_read || return 1
  python3 "$root/tests/reference/published.py" --peers "$DIR/peer-tables.log" "$@" "$DIR/creator-scores.log" "$DIR"/{profiles,posts,interactions}.log
}

passed=0 failed=0
ok() { passed=$((passed + 1)); echo "ok    $*"; }
not_ok() { failed=$((failed + 1)); echo "FAIL  $*"; }
check() { local what=$1; shift; if "$@"; then ok "$what"; else not_ok "$what"; fi; }
summary() { echo "$passed passed, $failed failed"; [ $failed = 0 ]; }
