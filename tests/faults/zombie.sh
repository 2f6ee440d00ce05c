#!/usr/bin/env bash
# A worker stopped for SECONDS, longer than the group waits, while its partitions moved does no harm when it wakes.
# usage: zombie.sh [SECONDS=12]      the nightly says 60
exec "$(dirname "$0")/run.sh" --scenario zombie --seconds "${1:-12}"
