#!/usr/bin/env bash
# Live tables of peers: two workers over 4 lanes count 111 creators of one cell; the owner of lane 0 publishes a table, scores
# then name it and stand in it where the reference puts them; that owner is killed -9 and the other publishes the next version;
# the lanes' histograms are always the sum of the creators' own entries.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
stack_up || exit 1
"$microflux" topics create --partitions 4 --replay > /dev/null
stream() { python3 "$root/tests/e2e/peers_stream.py" "$@" | "$microflux" produce --timestamps event - 2> /dev/null && log_ends; } # FIRST DAY, DAYS
worker() { # NUMBER
  "$microflux" run --set peers.interval_s=1 --set score.min_interval_ms=0 --set memory_mib=64 --set kafka.session.timeout.ms=6000 2>> "$DIR/worker$1.log" &
  pids[$1]=$!
}
within() { # SECONDS COMMAND...
  local end=$((SECONDS + $1)); shift
  until "$@"; do [ $SECONDS -lt $end ] || return 1; sleep 0.2; done
}
cell() { "$microflux" peers show --format json > "$DIR/cells" && grep -q "\"INSTAGRAM\",\"tier\":\"MICRO\",\"band\":\"$1\",\"n\":$2,\"source\":\"$3\"" "$DIR/cells"; } # BAND N SOURCE
versions() { "$microflux" tail peer-tables --until-end --format json > "$DIR/peer-tables.log"; wc -l < "$DIR/peer-tables.log"; }
publisher() { grep -l "peer_table_published version=$(versions) " "$DIR"/worker*.log | grep -oE '[0-9]+\.log' | grep -oE '[0-9]+'; } # NUMBER of who made the newest
newer() { [ "$(versions)" -gt "$1" ]; }
recounts() { newer "$(versions)" || sleep 1.2; versions > /dev/null; python3 "$root/tests/e2e/peers_recount.py" "$REDIS_PORT" "$DIR/peer-tables.log"; }
named() { "$microflux" tail creator-scores --until-end --format json | grep -c '"peers":{"source":"STREAM","n":11[01],'; }

declare -A pids
stream 0 3
worker 1; worker 2
check "every record is counted" settled 90
check "a table is published: 111 creators of one cell" within 45 cell 10K 111 STREAM
check "a cell of 15 keeps its benchmark" within 15 cell 1K 15 BENCHMARK
stream 3 1
check "the next day, too" settled 90
n=$(named); check "scores say how many stand behind their peers: $n" [ "$n" -ge 110 ]
check "histograms are the sum of the creators' entries, and the newest table is theirs" within 30 recounts

# the owner of lane 0 dies while creators move
before=$(versions) owner=$(publisher) other=$((3 - $(publisher)))
stream 4 1 & producing=$!
sleep 0.7; kill -9 "${pids[$owner]}"; wait "${pids[$owner]}" 2> /dev/null; wait $producing; log_ends
check "killed -9: the other reads to the end" settled 90
check "and publishes the next version" within 45 newer "$before"
check "it is the other's" [ "$(publisher)" = $other ]
worker "$owner"
check "histograms are still the sum of the creators' entries" within 30 recounts
versions_are() { python3 -c 'import json,sys; v=[json.loads(l)["value"]["version"] for l in open(sys.argv[1])]; sys.exit(v != list(range(1, len(v) + 1)))' "$DIR/peer-tables.log"; }
check "versions are 1, 2 … $(versions)" versions_are
check "explain names the table" grep -q 'creators of this stream (table' <("$microflux" explain insta-1)
kill -TERM "${pids[1]}" "${pids[2]}"; wait "${pids[1]}"; one=$?; wait "${pids[2]}"; two=$?
check "SIGTERM ends both workers cleanly" [ $one$two = 00 ]
"$microflux" state --all > "$DIR/states"
check "every score equals the reference with the table it names, every entry the reference's" recomputed --states "$DIR/states"
check "scores of before have a benchmark, those of after a table: $(grep -c '"source":"BENCHMARK"' "$DIR/creator-scores.log")" grep -q '"source":"BENCHMARK"' "$DIR/creator-scores.log"
grep -hE ' (WARN|ERROR) ' "$DIR"/worker*.log | cut -c1-160
summary
