#!/usr/bin/env bash
# The fault suite's part of every change, within six minutes on two cores: small seeded runs on one node and on three, the scenarios that
# every change must survive, and a planted bug. They mostly wait, so they run side by side. Ends with "N passed, N failed".
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../e2e/stack.sh"
said=$(mktemp -d); trap 'kill $(jobs -p) 2> /dev/null; wait; rm -rf "$said"' EXIT
declare -A pid=()
# begin NAME COMMAND…: in the background, on ports of its own
begin() {
  local name=$1 first=$((20000 + 3000 * ${#pid[@]})); shift
  PORTS="$first $((first + 3000))" "$@" > "$said/$name" 2>&1 & pid[$name]=$!
}
ended() { wait "${pid[$1]}" || { cat "$said/$1"; return 1; }; }
scenarios() { "$here/run.sh" --scenario rewind && "$here/zombie.sh"; }

begin planted nice "$here/mutations.sh" published-unreported
begin one "$here/run.sh" --seed 7 --minutes 0.4
begin three env XMX=256m "$here/run.sh" --seed 2 --minutes 0.2 --nodes 3 --only kafka_kill,kafka_leaders_move,worker_kill,net_reset
begin named scenarios
check "every kind of fault mixed, one node: counters and scores are exact" ended one
check "brokers, workers and network, three nodes: the same" ended three
check "readers are told again what Redis lost; a worker stopped while its partitions moved does no harm" ended named
check "a planted bug is found: published does not wait for delivery reports" ended planted
summary
