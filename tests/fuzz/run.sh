#!/usr/bin/env bash
# Fuzzes each target for a while, from its committed corpus and what earlier runs found; ends with one line "N passed, N failed".
# usage: tests/fuzz/run.sh [SECONDS_EACH] [TARGET…]      default: 600 seconds, every tests/fuzz/fuzz_TARGET.c
# What breaks a target is kept in build-fuzz/artifacts/TARGET, what widens its coverage in build-fuzz/corpus/TARGET.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
seconds=${1:-600} passed=0 failed=0
[ $# = 0 ] || shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(basename -s .c tests/fuzz/fuzz_*.c | sed s/fuzz_//)

cmake --preset fuzz > /dev/null && cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}" > /dev/null || exit 1
for target in "${targets[@]}"; do
  found=build-fuzz/corpus/$target artifacts=build-fuzz/artifacts/$target log=build-fuzz/$target.log
  mkdir -p "$found" "$artifacts"
  build-fuzz/fuzz_"$target" -max_total_time="$seconds" -max_len=4096 -timeout=5 -close_fd_mask=1 -print_final_stats=1 \
    -artifact_prefix="$artifacts/" "$found" tests/fuzz/corpus/"$target" > "$log" 2>&1; status=$?
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log") coverage=$(grep -aoE 'cov: [0-9]+' "$log" | tail -1)
  if [ $status = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  printf '%-5s %-10s %10s executions, %s\n' "$([ $status = 0 ] && echo ok || echo FAIL)" "$target" "${executions:-0}" "${coverage:-no coverage}"
  [ $status = 0 ] || { grep -aE 'ERROR|SUMMARY|Assertion|runtime error|Test unit written' "$log"; }
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
