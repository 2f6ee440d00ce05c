#!/usr/bin/env bash
# The long ones: what would not fit a change's budget. Prints each part's own summary; ends with one line "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0
part() { # NAME COMMAND...
  local name=$1; shift
  echo "== $name"
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $name"; fi
}
build_clang() { cmake --preset clang && cmake --build --preset clang && ctest --test-dir build-clang --output-on-failure --timeout 120; }
bench() {
  local dir base status; dir=$(mktemp -d) base=$((20000 + RANDOM % 10000))
  XMX=1g deploy/kafka.sh up "$dir" $base 1 || return 1
  build/microflux bench --job all --runs 3 --workers 1,2,4 --eviction-mib 128 --bootstrap 127.0.0.1:$((base + 1)) --out "$dir/result.json" > /dev/null &&
    build/microflux bench report "$dir/result.json"; status=$?
  deploy/kafka.sh stop "$dir"; rm -rf "$dir"
  return $status
}
figures() {
  local dir; dir=$(mktemp -d)
  build/microflux generate --creators 400 --days 300 --singles 4 --out "$dir/events" --truth "$dir/truth" &&
    python3 tests/e2e/generated.py "$dir/events" "$dir/truth" --figures; local status=$?
  rm -rf "$dir"
  return $status
}
deploy/packages.sh nightly || exit 1
part 'every per-change test' tests/run.sh
part 'the end-to-end tests that a change does not wait for' tests/run.sh e2e_rest
part 'both commands in a fresh Debian' tests/fresh.sh
part 'clang' build_clang
part 'kill -9 forty times, 1,000 creators; each field compared 1,000 times with a value that says something' tests/e2e/exact.sh 1000 40 1000
part 'from lane to lane, twenty rounds of kills' tests/e2e/audience.sh 200 20
part 'Redis and broker away 30 s each' tests/e2e/weather.sh 30
part 'Sentinels and a Cluster, five rounds of failovers' tests/e2e/redis_ha.sh 5
part 'exactness under address and undefined sanitizers' env "MICROFLUX_BINARY=$PWD/build-asan/microflux" tests/e2e/exact.sh 200 10
part 'rekey: four rounds of kills, zombies and rebalances, the broker killed, too' tests/e2e/rekey.sh 300 4 2000
part 'a worker stopped for 60 s' tests/faults/zombie.sh 60
for scenario in cut_off silent clock disk_full recreated partitions partitions_of_one expired 'coordinator --nodes 3' 'chain --seconds 120' 'market --seconds 120'; do
  # shellcheck disable=SC2086
  part "fault by name: $scenario" tests/faults/run.sh --scenario $scenario
done
part 'four workers become the next version under load' tests/rolling.sh
part 'each alert, provoked, fires alone' tests/alert_drill.sh
part 'planted bugs are found' tests/faults/mutations.sh
night=$((10#$(date +%j))) # another order of faults each night; the run prints its seed
part 'faults of every part, one node, 20 minutes, densely' tests/faults/run.sh --seed $night --minutes 20 --round 40 --pace 1 --rate 200
for redis in sentinel cluster; do
  part "the same, Redis as $redis, 5 minutes" tests/faults/run.sh --seed $night --minutes 5 --pace 1 --rate 200 --redis $redis
done
part 'faults of every part, three nodes, 15 minutes' env XMX=256m tests/faults/run.sh --seed $night --minutes 15 --nodes 3
[ -d "${MICROFLUX_DATA:-../shared/data}" ] && part 'real events, ten kills' tests/replay/run.sh '' 10
[ -d "${MICROFLUX_DATA:-../shared/data}" ] && part 'real events, re-ordered within the hour' tests/replay/run.sh '' 0 shuffle
part 'fits and shortlists against the reference, by an embedding' env MODEL=1 tests/e2e/campaigns_reference.sh 60 200
[ -d "${MICROFLUX_DATA:-../shared/data}" ] && part 'fits, shortlists and reach of real events against the reference' \
  tests/e2e/campaigns_reference.sh 0 200 "${MICROFLUX_DATA:-../shared/data}/instagram-replay/events.ndjson.gz"
part 'each fuzz target, ten minutes' tests/fuzz/run.sh 600
part 'each allocation fails once' build-asan/memory
part 'soak: 50 M records, two of 100 bad' tests/soak.sh 50000000 2
part 'soak: 10 M bad records' tests/soak.sh 10000000 100
part 'the generated stream is distributed as measured' figures
part 'bench: J1 exact, and each stage' bench
part 'the Debian package and its unit' tests/package.sh
part 'from a fresh Debian 12: the package under a real systemd, TLS and logins everywhere' tests/service.sh
part 'Debian 13: every per-change test, and SCRAM' tests/fresh.sh trixie tests/run.sh tests/security.sh
part 'the pages as a site' mkdocs build -q --strict -f "$PWD/deploy/site/mkdocs.yml" -d "$(mktemp -d)"
part 'logins and rights: each way in, each right enough and needed' tests/security.sh
part 'the AsyncAPI document, by the official parser' tests/asyncapi.sh
part 'the image, by its own recipe, without a container engine' tests/container.sh
part 'image, compose, Kustomize and Helm: linters, and what no linter knows' tests/deploy.sh
part 'shellcheck' shellcheck -S warning deploy/*.sh deploy/*/*.sh tests/*.sh tests/*/*.sh .ci/run
echo "$passed passed, $failed failed"
[ $failed = 0 ]
