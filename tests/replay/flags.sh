#!/usr/bin/env bash
# Each flag's rate on real accounts that nobody called false, and what the flags catch of generated fraud: both as streams through
# a real Kafka, a worker and Redis, read from the published scores. docs/reference/flags.md holds the figures.
# usage: flags.sh [DATA] [CREATORS=500]     DATA: default $MICROFLUX_DATA, else ../shared/data; fails when a rate is over 2 %
set -uo pipefail
source "$(dirname "$0")/../e2e/stack.sh"
data=${1:-${MICROFLUX_DATA:-$root/../shared/data}} creators=${2:-500}
unset MICROFLUX_DATA # to the reference it is the folder of the lists
stack_up || exit 1
"$microflux" config secret > "$DIR/secret" && chmod 600 "$DIR/secret" || exit 1
export MICROFLUX_PRIVACY_SECRET_FILE=$DIR/secret
"$microflux" topics create --replay > /dev/null
played() { # produced, then (years in seconds: the inputs are read side by side only where they are there) counted and published
  "$microflux" produce --timestamps event "$DIR/events" > /dev/null 2>&1 && log_ends || return 1
  "$microflux" run --set counting.totals=FACEBOOK:LIKE,COMMENT 2>> "$DIR/worker.log" & local worker=$! end
  settled 240; end=$?
  kill -TERM $worker; wait $worker
  "$microflux" tail creator-scores --until-end --format json > "$DIR/scores" && return $end
}
python3 "$root/tests/replay/flags.py" stream "$data/authenticity-dev/nonautomatedAccountData.json" > "$DIR/events" || exit 1
check "real accounts: every fence reaches the end of its log" played
check "real accounts: every published record equals the reference" recomputed --secret "$DIR/secret" --totals FACEBOOK=LIKE,COMMENT
check "real accounts: no flag above 2 %" python3 "$root/tests/replay/flags.py" rates "$DIR/scores" spread,step
python3 "$root/tests/replay/flags.py" windows "$data/authenticity-dev/nonautomatedAccountData.json"
"$microflux" generate --creators "$creators" --days 45 --posts 30 --singles 4 --fraud 0.5 --characters --seed 7 --out "$DIR/events" --truth "$DIR/truth" 2> /dev/null
check "generated fraud: every fence reaches the end of its log" played
check "generated fraud: caught by each flag, of those with evidence" python3 "$root/tests/replay/flags.py" recall "$DIR/truth" "$DIR/scores"
summary
