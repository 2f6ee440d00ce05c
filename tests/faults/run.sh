#!/usr/bin/env bash
# One run of the fault suite, on its own Kafka and Redis; the same seed gives the same traffic and the same order of faults.
# usage: run.sh --seed N --minutes M [--nodes 1|3] [--redis single|sentinel|cluster] [--only KIND,KIND…] …   (nemesis.py)
#        run.sh --alerts [NAME…]                                  the alert drill (alert_drill.py)
#        run.sh --scenario NAME [--seconds N] [--nodes 1|3]       one fault by name, with assertions of its own (scenarios.py)
# FAULTS_KEEP=FOLDER keeps the logs of a run that failed.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../e2e/stack.sh"
nodes=1 program=nemesis.py
for ((i = 1; i <= $#; i++)); do
  case ${!i} in
  --nodes) j=$((i + 1)); nodes=${!j} ;;
  --scenario) program=scenarios.py ;;
  --alerts) program=alert_drill.py ;;
  esac
done
EXTRA=$here/broker.properties stack_up "$nodes" || exit 1
DIR=$DIR REDIS_PORT=$REDIS_PORT MICROFLUX=$microflux ${PYTHON:-python3} "$here/$program" "$@"; status=$?
[ $status = 0 ] || [ -z "${FAULTS_KEEP:-}" ] || { rm -rf "$FAULTS_KEEP"; cp -r "$DIR" "$FAULTS_KEEP"; }
exit $status
