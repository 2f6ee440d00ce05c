#!/usr/bin/env bash
# How good the scores are on the development data, against what is asked of them. Minutes long; not part of the per-change tests.
# usage: run.sh [DATA]     default: $MICROFLUX_DATA, a folder with instagram-replay/ and authenticity-dev/
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
data=${1:-${MICROFLUX_DATA:-$root/../shared/data}} microflux=${MICROFLUX:-$root/build/microflux}
[ -d "$data/instagram-replay" ] || { echo "no development data in $data: name its folder"; echo "0 passed, 0 failed"; exit 0; }
work=$(mktemp -d) passed=0 failed=0
trap 'rm -rf "$work"' EXIT

# target NAME VALUE at-least|at-most LIMIT
target() {
  if [ -n "$2" ] && awk -v v="$2" -v l="$4" -v how="$3" 'BEGIN { exit !(how == "at-least" ? v >= l : v <= l) }'; then
    passed=$((passed + 1)); printf 'ok    %-44s %8s  %s %s\n' "$1" "$2" "$3" "$4"
  else
    failed=$((failed + 1)); printf 'MISS  %-44s %8s  %s %s\n' "$1" "${2:-none}" "$3" "$4"
  fi
}
heldout() { sed -n "s/.*\"heldout_$2\":\([0-9.]*\).*/\1/p" "$work/$1"; }                                        # of a training's report
figure() { awk -F'"' -v p="$2" -v f="$3" '$4 == p && $8 == f { split($11, v, "[:,]"); print v[2] }' "$work/$1"; } # of an evaluation
run() { local out=$1; shift; "$microflux" "$@" --format json > "$work/$out" || { echo "failed: $*"; failed=$((failed + 1)); }; }

python3 "$root/tests/quality/map.py" "$data" "$work" || exit 1
run embed.json train embed "$work/train.ndjson" --out "$work/embed.model"
run again.json train embed "$work/train.ndjson" --out "$work/again.model"
if cmp -s "$work/embed.model" "$work/again.model"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "MISS  two trainings differ"; fi
run labels.json train niche "$work/stream.ndjson" --embedding "$work/embed.model" --labels "$work/truth.ndjson" --out "$work/labels.model"
run lexicon.json train niche "$work/train.ndjson" --embedding "$work/embed.model" --out "$work/lexicon.model"
run stream.json evaluate "$work/stream.ndjson" --truth "$work/truth.ndjson" --embedding "$work/embed.model" --niche "$work/lexicon.model"
run live.json evaluate "$work/stream.ndjson" --truth "$work/truth.ndjson" --embedding "$work/embed.model" --niche "$work/lexicon.model" --as-live
run accounts.json evaluate "$work/accounts.ndjson" --truth "$work/actors.ndjson"
run actor.json train actor "$work/actors.ndjson" --out "$work/actor.conf"
run flags.json train flags "$work/accounts.ndjson" --out "$work/flags.conf"
for conf in actor flags; do
  if "$microflux" methodology check "$work/$conf.conf" > /dev/null; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done

target "tier accuracy" "$(figure stream.json tier accuracy)" at-least .999
target "niche accuracy, labels, 5 folds" "$(heldout labels.json accuracy)" at-least .655
target "niche macro-F1, labels, 5 folds" "$(heldout labels.json macro_f1)" at-least .60
target "niche ECE, labels, 5 folds" "$(heldout labels.json ece)" at-most .03
target "niche accuracy, no labels" "$(figure stream.json niche accuracy)" at-least .63
target "niche macro-F1, no labels" "$(figure stream.json niche macro-F1)" at-least .58
target "actor AUC" "$(figure accounts.json actor AUC)" at-least .98
target "actor macro-F1" "$(figure accounts.json actor macro-F1)" at-least .935
target "actor ECE" "$(figure accounts.json actor ECE)" at-most .02
target "actor macro-F1, refitted, 10 folds" "$(heldout actor.json macro_f1)" at-least .935
target "scattered x1, AUC" "$(figure accounts.json likes 'scattered x1, AUC')" at-least .95
target "scattered x2, AUC" "$(figure accounts.json likes 'scattered x2, AUC')" at-least .995
target "scattered x5, AUC" "$(figure accounts.json likes 'scattered x5, AUC')" at-least .999
target "block x1, either signal, AUC" "$(figure accounts.json likes 'block x1, either signal, AUC')" at-least .69
target "block x2, either signal, AUC" "$(figure accounts.json likes 'block x2, either signal, AUC')" at-least .86
target "block x5, either signal, AUC" "$(figure accounts.json likes 'block x5, either signal, AUC')" at-least .95
target "false flags, scattered" "$(figure accounts.json likes 'false flags, scattered')" at-most .025
target "next-post error below a median of 12" "$(figure accounts.json next-post 'less than a median of 12')" at-least .10
target "fit, random negatives, AUC" "$(figure stream.json fit 'random, AUC')" at-least .82
target "fit, hard negatives, AUC" "$(figure stream.json fit 'hard, AUC')" at-least .765
target "fit, cold, random, AUC" "$(figure stream.json fit 'cold, random, AUC')" at-least .72
target "fit, cold, hard, AUC" "$(figure stream.json fit 'cold, hard, AUC')" at-least .71
echo "told, not asked:"
for size in 1 2 5; do echo "block x$size, step alone: $(figure accounts.json likes "block x$size, AUC")"; done
for how in random hard 'cold, random' 'cold, hard'; do echo "fit, $how, actors that forget after 90 days: $(figure live.json fit "$how, AUC")"; done
for what in accuracy macro-F1 ECE; do echo "niche $what, no labels, actors that forget after 90 days: $(figure live.json niche "$what")"; done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
