#!/usr/bin/env bash
# The alert drill: each alert of deploy/prometheus/rules.yaml is provoked on real Kafka, Redis and workers (a worker frozen, Redis killed,
# records that are no Avro …) and fires, alone, in a real Prometheus that reads their /metrics. The rules are the shipped ones, FACTOR (60)
# times faster. Ends with "N passed, N failed". usage: tests/alert_drill.sh [ALERT…]      without "Microflux"; default: every one
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
source tests/e2e/stack.sh
PATH=$PATH:${MICROFLUX_CACHE:-$HOME/.cache/microflux}
foreign_client || exit 1
PYTHON=$venv/bin/python exec tests/faults/run.sh --alerts "$@"
