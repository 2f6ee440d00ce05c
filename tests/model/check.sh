#!/usr/bin/env bash
# Checks the lane's protocol in every interleaving, and that the check can fail: each broken rule must be found.
# usage: check.sh [--quick]      --quick: one fault at a time (about a minute); else two (5 GiB, a quarter of an hour of one core)
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
faults=2; [ "${1:-}" = --quick ] && faults=1
passed=0 failed=0

# A verifier of one fault runs for seconds, and would be optimized for longer.
optimize() { [ "$1" = 1 ] && echo -O0 || echo -O2; } # FAULTS
# pan NAME FAULTS SPIN-FLAGS GCC-FLAGS PAN-FLAGS: leaves the verifier's report in $work/NAME/report
pan() {
  mkdir -p "$work/$1" && cd "$work/$1" || exit 1
  # shellcheck disable=SC2086
  spin -a -DFAULTS="$2" $3 "$here/protocol.pml" > spin.log &&
    gcc "$(optimize "$2")" -w -DVECTORSZ=2048 -DHC4 -DMEMLIM=14000 -DNOFAIR $4 -o pan pan.c && ./pan -m100000 $5 > report 2>&1
}
result() { # NAME WANTED FOUND
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  printf '%-44s %-18s %s\n' "$1" "$3" "$(grep -oE '[0-9.e+]+ states, stored' "$work/${1%% *}/report")"
}
holds() { # NAME: the search ended, and found nothing
  grep -q 'errors: 0' "$work/$1/report" && ! grep -q 'Search not completed' "$work/$1/report" && echo holds || echo 'does not hold'
}
broken() { # RULE
  pan "$1" 1 "-DBREAK_$1" -DSAFETY ''
  result "$1 broken" 'is found' "$(grep -q 'errors: 1' "$work/$1/report" && echo 'is found' || echo 'is not found')"
}

for rule in NO_WATCH KAFKA_OFFSET PUBLISH_FIRST VERSION_IN_REDIS FIRST_BY_SENDER LANE_SUM NO_COMPARE; do broken $rule; done
pan liveness 1 '' -DNP -l
result 'liveness (1 fault)' holds "$(holds liveness)"
pan safety $faults '' -DSAFETY "$([ $faults = 2 ] && echo -w27)"
result "safety ($faults faults)" holds "$(holds safety)"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
