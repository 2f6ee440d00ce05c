#!/usr/bin/env bash
# Apache Kafka (KRaft) from Maven Central on loopback, for the demo and the tests: one node or three.
#   kafka.sh fetch                         broker jars (about 54 MB) by Maven, kept in the cache folder; prints the folder
#   kafka.sh up    DIR BASE [N=1]          format, start N nodes (1 or 3), wait until they serve on BASE+1 ..
#   kafka.sh start DIR I | stop DIR [I] | kill DIR I | wait DIR I [SECONDS]
#   kafka.sh tool  CLASS ARGS...           a command-line tool, e.g. org.apache.kafka.tools.TopicCommand
# Environment: XMX (256m), EXTRA (file of further broker properties), FORMAT (options of StorageTool, such as --add-scram …),
# MICROFLUX_CACHE (~/.cache/microflux).
set -euo pipefail
version=4.1.1 log4j=2.25.1
cache=${MICROFLUX_CACHE:-$HOME/.cache/microflux}
libs=$cache/kafka-$version
XMX=${XMX:-256m}
flags=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss512k -Xshare:auto -Djava.awt.headless=true)

fetch() {
  [ -f "$libs/.complete" ] && return
  mkdir -p "$libs"
  local pom; pom=$(mktemp -d)
  cat > "$pom/pom.xml" <<X
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>microflux</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$version</version></dependency>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>$log4j</version></dependency>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>$log4j</version></dependency>
</dependencies></project>
X
  echo "fetching Apache Kafka $version by Maven" >&2
  mvn -B -q -f "$pom/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$libs" >&2
  rm -r "$pom"
  touch "$libs/.complete"
}

properties() { # DIR BASE N I
  local d=$1 base=$2 n=$3 i=$4 voters='' misr=1
  for v in $(seq "$n"); do voters+=${voters:+,}$v@127.0.0.1:$((base + 10 + v)); done
  [ "$n" -ge 3 ] && misr=2
  cat <<P
process.roles=broker,controller
node.id=$i
controller.quorum.voters=$voters
listeners=PLAINTEXT://127.0.0.1:$((base + i)),CONTROLLER://127.0.0.1:$((base + 10 + i))
advertised.listeners=PLAINTEXT://127.0.0.1:$((base + i))
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=$d/data/n$i
default.replication.factor=$n
min.insync.replicas=$misr
offsets.topic.replication.factor=$n
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=$n
transaction.state.log.min.isr=$misr
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=$n
share.coordinator.state.topic.min.isr=$misr
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=2
num.replica.fetchers=1
log.cleaner.dedupe.buffer.size=4194304
controlled.shutdown.enable=true
P
  # later lines win, so a file of extra settings may override any of these
  [ -z "${EXTRA:-}" ] || sed "s/@PORT@/$((base + 20 + i))/g" "$EXTRA"
}

log_settings() {
  cat <<'Y'
Configuration:
  status: warn
  appenders:
    Console: { name: C, PatternLayout: { pattern: "%d %p %c{1} %m%n" } }
  Loggers:
    Root: { level: warn, AppenderRef: { ref: C } }
    Logger:
      - { name: kafka.server.KafkaRaftServer, level: info }
Y
}

start() { # DIR I
  local d=$1 i=$2
  touch "$d/n$i.log"
  wc -c < "$d/n$i.log" > "$d/n$i.mark"
  (cd "$d" && exec setsid java -Xms32m "-Xmx$XMX" "${flags[@]}" -Dlog4j2.configurationFile=log4j2.yaml -Dkafka.logs.dir=. \
    -cp "$libs/*" kafka.Kafka "n$i.properties" >> "n$i.log" 2>&1 < /dev/null) &
  echo $! > "$d/n$i.pid"
}

wait_for() { # DIR I [SECONDS]: until the node's log, from its last start on, says that it serves
  local d=$1 i=$2 end=$(($(date +%s) + ${3:-60}))
  until tail -c "+$(($(cat "$d/n$i.mark") + 1))" "$d/n$i.log" | grep -q 'Kafka Server started'; do
    kill -0 "$(cat "$d/n$i.pid")" 2> /dev/null || { echo "kafka node $i died:" >&2; tail -5 "$d/n$i.log" >&2; return 1; }
    [ "$(date +%s)" -lt $end ] || { echo "kafka node $i is not ready" >&2; return 1; }
    sleep 0.1
  done
}

up() { # DIR BASE N
  local d base=$2 n=${3:-1}
  fetch
  mkdir -p "$1"; d=$(realpath "$1")
  log_settings > "$d/log4j2.yaml"
  [ -f "$d/cluster.id" ] || head -c16 /dev/urandom | base64 | tr '+/' 'ab' | cut -c1-22 > "$d/cluster.id"
  for i in $(seq "$n"); do
    properties "$d" "$base" "$n" "$i" > "$d/n$i.properties"
    [ -f "$d/data/n$i/meta.properties" ] ||
      java -Xmx128m "${flags[@]}" "-Dlog4j2.configurationFile=$d/log4j2.yaml" -cp "$libs/*" kafka.tools.StorageTool format \
        -t "$(cat "$d/cluster.id")" -c "$d/n$i.properties" ${FORMAT:-} > "$d/format$i.log" 2>&1 || { cat "$d/format$i.log" >&2; exit 1; }
    start "$d" "$i"
  done
  for i in $(seq "$n"); do wait_for "$d" "$i" 120; done
}

stop() { # DIR [I]
  local pids=("$1"/n[0-9].pid)
  [ -z "${2:-}" ] || pids=("$1/n$2.pid")
  for p in "${pids[@]}"; do kill "$(cat "$p")" 2> /dev/null || true; done
  for p in "${pids[@]}"; do while kill -0 "$(cat "$p")" 2> /dev/null; do sleep 0.1; done; done
}

command=${1:-}; shift || true
case $command in
fetch) fetch; echo "$libs" ;;
up) up "$@" ;;
start) start "$(realpath "$1")" "$2" ;;
wait) wait_for "$@" ;;
stop) stop "$@" ;;
kill) kill -9 "$(cat "$1/n$2.pid")" ;;
tool) exec java -Xmx128m "${flags[@]}" -cp "$libs/*" -Dlog4j2.level=error "$@" ;;
*) sed -n 2,9p "$0" >&2; exit 64 ;;
esac
