#!/usr/bin/env bash
# Installs what is missing, builds, runs every per-change test, ends with one line "N passed, N failed".
# usage: tests/run.sh [unit|sanitizers|model|e2e|faults …|e2e_rest]      default: all but e2e_rest, the end-to-end tests that a change does not wait for
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0
log=$(mktemp -d); trap 'rm -rf "$log"' EXIT

# step NAME COMMAND...: a step whose last "N passed, N failed" line counts, or whose exit code does.
step() {
  local name=$1 start=$SECONDS status line; shift
  "$@" > "$log/out" 2>&1; status=$?
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log/out" | tail -1)
  [ -n "$line" ] || { [ $status = 0 ] && line='1 passed, 0 failed' || line='0 passed, 1 failed'; }
  local p=${line%% *} f=${line#*, }; f=${f%% *}
  [ $status = 0 ] || [ "$f" != 0 ] || f=1
  passed=$((passed + p)) failed=$((failed + f))
  printf '%-44s %4d s  %s\n' "$name" "${SECONDS_TAKEN:-$((SECONDS - start))}" "$p passed, $f failed"
  [ "$f" = 0 ] || tail -60 "$log/out"
}

# side_by_side SCRIPT...: two at a time, since they wait more than they compute; each has ports and folders of its own.
side_by_side() {
  printf '%s\n' "$@" | xargs -P 2 -I{} sh -c 'start=$(date +%s); "$1" > "$2/$(basename "$1").out" 2>&1; echo "$? $(($(date +%s) - start))" > "$2/$(basename "$1").end"' - {} "$log"
  local script name status seconds
  for script in "$@"; do
    name=$(basename "$script")
    read -r status seconds < "$log/$name.end"
    SECONDS_TAKEN=$seconds step "end to end: ${name%.sh}" sh -c 'cat "$1"; exit "$2"' - "$log/$name.out" "$status"
  done
}

build() { cmake --preset "$1" && cmake --build --preset "$1"; } # PRESET
folder() { [ "$1" = release ] && echo build || echo "build-$1"; } # PRESET
unit() { # PRESET: every cmocka program; ctest's own summary becomes ours
  ctest --test-dir "$(folder "$1")" --output-on-failure --timeout 120 > "$log/ctest"; cat "$log/ctest"
  local total failed; total=$(grep -oE 'out of [0-9]+' "$log/ctest" | grep -oE '[0-9]+'); failed=$(grep -oE '[0-9]+ tests? failed' "$log/ctest" | grep -oE '^[0-9]+')
  echo "$((total - failed)) passed, $failed failed"
}
sanitized() { build "$1" && unit "$1"; } # PRESET
reference_page() { build/microflux config reference | diff - docs/reference/configuration.md; }
metrics_page() { build/microflux metrics reference | diff - docs/reference/metrics.md; }
scores_page() { python3 tests/scores_page.py | diff - docs/reference/scores.md; }
performance_page() { build/microflux bench report docs/reference/performance.json | diff - docs/reference/performance.md; }
guarantees_page() { python3 tests/faults/table.py docs/reference/guarantees.jsonl docs/reference/guarantees.md | diff - docs/reference/guarantees.md; }
asyncapi_page() { build/microflux config reference | python3 tests/asyncapi.py; }
domain_alone() {
  cmake -S . -B build-domain -G Ninja -DMF_DOMAIN_ONLY=ON '-DCMAKE_C_FLAGS=-O2 -g' && cmake --build build-domain
}

# end to end, within a change's budget; the longest first
change=(exact fits replay audience roster weather check registry erase tools metrics reload bad_input)
end_to_end() { # NAME...
  { deploy/kafka.sh fetch && deploy/registry.sh fetch; } > /dev/null || exit 1
  side_by_side "${@/#/tests/e2e/}"
}
rest() { for script in tests/e2e/*.sh; do basename "$script" .sh; done | grep -vxF -e stack "${change[@]/#/-e}"; }

deploy/packages.sh test || exit 1
wanted=${*:-unit sanitizers model e2e faults}
step 'build with gcc' build release
for part in $wanted; do
  case $part in
  unit)
    step 'the domain builds alone' domain_alone
    [ -x tests/arrows.sh ] && step 'floors and doors' tests/arrows.sh
    [ -x tests/format.sh ] && step 'format' tests/format.sh
    step 'the configuration page is the table' reference_page
    step 'the metrics page is the table' metrics_page
    step 'the page of scores is the schema' scores_page
    step 'the performance page is its result file' performance_page
    step 'the guarantees page is its result file' guarantees_page
    step 'alerts, runbooks and dashboards' tests/alerts.sh
    step 'links and commands of the pages' tests/docs.py
    step 'schemas fit every released one' python3 tests/schemas/compatible.py
    step 'the AsyncAPI document has every topic' asyncapi_page
    step 'unit' unit release ;;
  sanitizers)
    step 'unit under address and undefined' sanitized asan
    step 'unit under thread' sanitized tsan ;;
  model)
    [ -x tests/model/check.sh ] && step 'model of the protocol' tests/model/check.sh --quick
    [ -f tests/reference/examples.py ] && step 'reference: worked examples' python3 tests/reference/examples.py
    step 'reference: properties' python3 tests/reference/properties.py
    step 'reference: each field can be found wrong' python3 tests/reference/published.py --self-test
    step 'reference: each field of a fit and a shortlist can be found wrong' python3 tests/reference/published_fits.py --self-test ;;
  e2e)
    end_to_end "${change[@]/%/.sh}" ;;
  e2e_rest)
    mapfile -t others < <(rest)
    end_to_end "${others[@]/%/.sh}" ;;
  faults)
    deploy/kafka.sh fetch > /dev/null || exit 1
    step 'faults: seeds, scenarios, a planted bug' tests/faults/change.sh ;;
  *) sed -n 3p "$0" >&2; exit 64 ;;
  esac
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
