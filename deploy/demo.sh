#!/usr/bin/env bash
# Installs what is missing, builds, and shows microflux at work in this terminal. Ctrl-C stops everything it started.
# usage: deploy/demo.sh [--kafka] [--seconds N] [--file events.ndjson] [--rate N] [--creators N]
#   --kafka   on a real Apache Kafka (fetched by Maven) instead of the mock broker inside librdkafka
set -euo pipefail
cd "$(dirname "$0")/.."
real=no options=()
for word in "$@"; do
  if [ "$word" = --kafka ]; then real=yes; else options+=("$word"); fi
done

deploy/packages.sh run build
{ cmake --preset release && cmake --build --preset release; } > build.log 2>&1 || { tail -30 build.log; exit 1; }
rm -f build.log

if [ $real = no ]; then
  exec build/microflux demo "${options[@]}"
fi
deploy/packages.sh kafka
folder=$(mktemp -d)
trap 'deploy/kafka.sh stop "$folder" 2> /dev/null; rm -rf "$folder"' EXIT
trap 'true' INT
port=$((20000 + RANDOM % 10000))
XMX=384m deploy/kafka.sh up "$folder" $port 1
build/microflux topics create --replay --partitions 4 --bootstrap 127.0.0.1:$((port + 1)) > /dev/null
build/microflux demo --bootstrap 127.0.0.1:$((port + 1)) "${options[@]}"
