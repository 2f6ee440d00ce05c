#!/usr/bin/env bash
# Faults of a seed, mixed and overlapping, while a generated stream flows through two workers; then everything healed and compared.
# usage: run.sh --seed N [--faults K=6]
set -uo pipefail
source "$(dirname "$0")/faults.sh"
seed=$RANDOM n=6
while [ $# -gt 0 ]; do
  case $1 in
  --seed) seed=$2 ;;
  --faults) n=$2 ;;
  *) sed -n 3p "$0" >&2; exit 64 ;;
  esac
  shift 2
done
echo "seed $seed, $n faults"
plan=$(python3 "$faults/nemesis.py" "$seed" "$n")
sed 's/^/plan: /' <<< "$plan"
faults_up "${stream[@]}" --singles 40 --seed "$seed"
worker 1; worker 2; reading
PYTHONPATH=$root/tests/e2e python3 "$faults/standstill.py" "$REDIS_PORT" > "$DIR/moves" & standstill=$!

fault() { # KIND TARGET SECONDS: does it and notes when
  local start; start=$(date +%s.%N)
  "$@"
  echo "$start $(date +%s.%N) $*" >> "$DIR/faults"
}

seconds=$(tail -1 <<< "$plan" | cut -d. -f1)
"$microflux" produce --timestamps event --rate $(($(wc -l < "$DIR/events") / seconds)) "$DIR/events" 2> "$DIR/produced" & running=($!)
begin=$(date +%s%N)
while read -r at kind target duration; do
  left=$((${at/./} * 100 - ($(date +%s%N) - begin) / 1000000)) # ms
  [ $left -le 0 ] || sleep $((left / 1000)).$(printf %03d $((left % 1000)))
  [ "$kind" = end ] || { fault "$kind" "$target" "$duration" & running+=($!); }
done <<< "$plan"
wait "${running[@]}"
checked "seed $seed"
kill $standstill; wait $standstill 2> /dev/null
for w in 1 2; do signal worker$w TERM; gone worker$w; done
python3 "$faults/table.py" "$DIR/faults" "$DIR/moves" "$DIR/creator-scores.log"
grep -hoE ' (lane_[a-z]+|redis_[a-z]+|kafka_[a-z]+|feed_silent|commit_refused|not_[a-z]+)( .*reason=[a-zA-Z_]+)?' "$DIR"/worker*.log | sed -E 's/ .* / /' | sort | uniq -c
[ $failed = 0 ] || { echo "again: tests/faults/run.sh --seed $seed --faults $n"; [ -z "${KEEP:-}" ] || cp -a "$DIR" "$KEEP"; }
summary
