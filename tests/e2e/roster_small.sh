#!/usr/bin/env bash
# Rosters of up to 12 candidates on real parts: the lazy evaluation is plain greedy's to the last creator and person, and its reach is
# within the greedy bound of an optimum that is found by trying every set.
# usage: roster_small.sh [SEED=1]
set -uo pipefail
source "$(dirname "$0")/stack.sh"
seed=${1:-1}
foreign_client && stack_up || exit 1
py() { "$venv/bin/python" "$root/tests/e2e/roster_small.py" "$1" "$seed" "${@:2}"; }
"$microflux" topics create --partitions 4 > /dev/null
py campaigns > "$DIR/campaigns" && "$microflux" campaigns put "$DIR/campaigns" > /dev/null || exit 1
"$microflux" run roster 2>> "$DIR/log" & pid=$!
py send "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" || exit 1
right() { # SECONDS
  local end=$((SECONDS + $1))
  until "$microflux" tail shortlists --until-end --format json > "$DIR/lists" && py check "$DIR/lists" > "$DIR/verdict"; do
    [ $SECONDS -lt $end ] || { cat "$DIR/verdict"; return 1; }
    sleep 2
  done
  cat "$DIR/verdict"
}
check "every small roster is plain greedy's, and near the optimum" right 60
kill -TERM $pid; wait $pid
check "and the worker ends in order" [ $? = 0 ]
summary
