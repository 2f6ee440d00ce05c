#!/usr/bin/env bash
# The fault suite's part of every change, within six minutes on two cores: small seeded runs on one node and on three, the scenarios that
# every change must survive, and a planted bug. Ends with "N passed, N failed".
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../e2e/stack.sh"
check "every kind of fault mixed, one node: counters and scores are exact" "$here/run.sh" --seed 7 --minutes 0.4
check "brokers, workers and network, three nodes: the same" env XMX=256m \
  "$here/run.sh" --seed 2 --minutes 0.2 --nodes 3 --only kafka_kill,kafka_leaders_move,worker_kill,net_reset
check "a worker stopped while its partitions moved does no harm when it wakes" "$here/zombie.sh"
check "a worker cut off from Kafka, not from Redis, has its commits refused" "$here/run.sh" --scenario cut_off
check "Redis lost what readers were told: they are told again" "$here/rewind.sh"
check "a planted bug is found: a fence compared by its epoch only" "$here/mutations.sh" fence-by-epoch
summary
