#!/usr/bin/env bash
# What a worker says of itself is true: /metrics (also for promtool), /livez, /readyz, the status page and `microflux top`,
# on a real Kafka and a real Redis, through a second worker's arrival and Redis going away.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
PATH=$PATH:${MICROFLUX_CACHE:-$HOME/.cache/microflux} # promtool, if deploy/packages.sh put it there
stack_up || exit 1
"$microflux" topics create --partitions 4 > /dev/null

worker() { # NUMBER [OPTIONS]: starts one; at[NUMBER] is where it answers
  local n=$1; shift
  "$microflux" run --set kafka.session.timeout.ms=6000 --set score.min_interval_ms=40 --set log.format=json "$@" 2> "$DIR/worker$n.log" &
  pids[$n]=$!
  until grep -qs '"event":"http"' "$DIR/worker$n.log"; do kill -0 ${pids[$n]} || return 1; sleep 0.05; done
  at[$n]=http://127.0.0.1:$(sed -nE 's/.*"event":"http".*"port":"([0-9]+)".*/\1/p' "$DIR/worker$n.log")
}
get() { curl -s -m 5 "$@"; }
code() { get -o /dev/null -w '%{http_code}' "$@"; }
value() { # URL NAME [LABEL]: sum of the series of NAME that have LABEL
  get "$1/metrics" | grep -E "^$2(\{| )" | grep -F "${3:-}" | awk '{ s += $NF } END { printf "%d", s }'
}
health() { "$microflux" health --set http.address="${at[1]#http://}" "$@" 2> /dev/null; echo $?; } # its sentence and its status
lanes() { get "$1/metrics" | grep -oE 'lane="[0-9]+"' | sort -u | tr -d '\n'; } # URL
becomes() { # WHAT WANTED COMMAND...: within 30 s
  local what=$1 wanted=$2 end=$((SECONDS + 30)) got; shift 2
  until got=$("$@"); [ "$got" = "$wanted" ]; do
    [ $SECONDS -lt $end ] || { not_ok "$what: $got, not $wanted"; return 1; }
    sleep 0.1
  done
  ok "$what"
}

declare -A pids at
worker 1
becomes "/readyz says 200 once the worker is in the group" 200 code "${at[1]}/readyz"
"$microflux" run --set http.address="${at[1]#http://}" 2> "$DIR/second.log"; status=$?
check "a port in use ends the start, naming the key" [ "$status $(grep -c 'http.address = .*in use' "$DIR/second.log")" = '64 1' ]
check "health: live and ready, in the worker's own words" [ "$(health | sed 's/ turned.*//') $(health --ready | tr '\n' ' ')" = "live: 1 workers, each
0 ready: 1 workers, 4 lanes 0 " ]
check "health: no answer is a no, another server, too, and no port to ask is a wrong configuration" \
  [ "$(health --set http.address=127.0.0.1:9 | tail -1) $(health --set http.address="$MICROFLUX_REDIS_ADDRESS" | tail -1) $(health --set http.address= | tail -1)" = '1 1 64' ]
check "port 0 is the one that the log names" [ "$(code "${at[1]}/livez")" = 200 ]
check "other paths are 404, other methods 405" [ "$(code "${at[1]}/x") $(code -X POST -d x "${at[1]}/metrics")" = '404 405' ]

now=$(date +%s%3N)
"$microflux" generate --creators 15 --out "$DIR/events" 2> /dev/null
"$microflux" produce --timestamps event "$DIR/events" 2> /dev/null || exit 1
printf 'not avro %s\n' 1 2 3 | kcat -P -b "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" -t posts -k bad
printf 'no key %s\n' 1 2 | kcat -P -b "$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" -t posts
echo "{\"creator_id\":\"hottest\",\"platform\":\"TIKTOK\",\"observed_at\":$now,\"followers\":54321}" > "$DIR/profile"
"$microflux" produce --topic profiles "$DIR/profile" 2> /dev/null
echo "{\"creator_id\":\"hottest\",\"kind\":\"LIKE\",\"count\":7,\"occurred_at\":$now}" > "$DIR/like"
for _ in $(seq 30); do cat "$DIR/like"; sleep 0.05; done | "$microflux" produce --topic interactions - 2> /dev/null # a score each
produced=$(($(wc -l < "$DIR/events") + 5 + 1 + 30))

becomes "received = produced" $produced value "${at[1]}" microflux_records_received_total
becomes "stored = produced" $produced value "${at[1]}" microflux_records_stored_total
becomes "committed = produced" $produced value "${at[1]}" microflux_records_committed_total
becomes "lag is 0 in the end" 0 value "${at[1]}" microflux_lane_lag_records
get "${at[1]}/metrics" > "$DIR/metrics"
check "promtool check metrics" promtool check metrics < "$DIR/metrics"
check "rejects by reason" [ "$(value "${at[1]}" microflux_rejects_total 'reason="wrong_frame"') $(value "${at[1]}" microflux_rejects_total 'reason="no_key"')" = '3 2' ]
rejected=$(value "${at[1]}" microflux_rejects_total)
check "received = decoded + rejected" [ $produced = $(($(value "${at[1]}" microflux_records_decoded_total) + rejected)) ]
check "applied offsets add up to what was produced" [ "$(value "${at[1]}" microflux_lane_applied_offset)" = $produced ]
published=$("$microflux" tail creator-scores --until-end --format json | wc -l)
check "published = records in creator-scores" [ "$(value "${at[1]}" microflux_scores_published_total)" = "$published" ]
check "by reason, and by tier, they add up to the same" [ "$(value "${at[1]}" microflux_creators_told_total) $(value "${at[1]}" microflux_creators_told_by_tier_total)" = "$published $published" ]
alerts=$("$microflux" tail alerts --until-end --format json | wc -l)
check "deliveries = scores + alerts + dead letters" [ "$(value "${at[1]}" microflux_deliveries_total)" = $((published + alerts + rejected)) ]
check "every commit was timed" [ "$(value "${at[1]}" microflux_redis_exec_seconds_count)" = "$(value "${at[1]}" microflux_commits_total)" ]
check "no creator's id in any label" [ "$(grep -cE 'creator-|hottest' "$DIR/metrics")" = 0 ]
undocumented() { # FILE: names of metrics that the reference page does not have
  comm -23 <(grep -oE '\b(microflux|process)_[a-z_]+' "$1" | sed -E 's/_(bucket|sum|count)$//' | sort -u) \
    <(grep -oE '\b(microflux|process)_[a-z_]+' "$root/docs/reference/metrics.md" | sort -u)
}
asked() { # names that rules and dashboards ask for and /metrics does not have
  comm -23 <(grep -ohE '\b(microflux|process)_[a-z_]+' "$root"/deploy/prometheus/rules.yaml "$root"/deploy/grafana/*.json | sed -E 's/_bucket$//' | sort -u) \
    <(sed -nE 's/^# TYPE ([a-z_]+) .*/\1/p' "$DIR/metrics" | sort -u)
}
check "every metric that an alert or a dashboard asks for is there: $(asked | tr '\n' ' ')" [ -z "$(asked)" ]
check "every metric shown is in the reference page" [ -z "$(undocumented "$DIR/metrics")" ]
check "every metric the status page draws is in the reference page" [ -z "$(undocumented "$root/workers/commands/status.html")" ]
get "${at[1]}/" > "$DIR/page"
check "/ is a page with the settings and no external asset" [ "$(grep -c '<title>microflux' "$DIR/page") $(grep -c "$MICROFLUX_REDIS_ADDRESS" "$DIR/page") $(grep -cE '(src|href)="?(https?:)?//' "$DIR/page")" = '1 1 0' ]

"$microflux" top --from "${at[1]}" --format json > "$DIR/top"
check "top: lanes, totals, stages and the hottest creator" python3 - "$DIR/top" $produced <<'P'
import json, sys
top = json.load(open(sys.argv[1]))
assert [l["lane"] for l in top["lanes"]] == [0, 1, 2, 3] and all(l["state"] == "reading" for l in top["lanes"]), top["lanes"]
assert top["totals"]["records"] == int(sys.argv[2]) and top["totals"]["rejected"] >= 5, top["totals"]
assert all(s["p99_seconds"] > 0 for s in top["stages"]) and top["slowest"], top["stages"]
hot = top["creators"][0]
assert (hot["creator_id"], hot["followers"], hot["engagements_24h"]) == ("hottest", 54321, 210) and hot["tier"] == "MICRO", hot
P
check "top: plain lines without a terminal" [ "$("$microflux" top --from "${at[1]}" --seconds 2 | grep -c '^processes=1/1 lanes=4/4 ')" -ge 1 ]
check "top: a process that does not answer is named" [ "$("$microflux" top --from 127.0.0.1:9 --format json > "$DIR/away"; echo $?) $(grep -c '"up":false,"why":"http://127.0.0.1:9' "$DIR/away")" = '69 1' ]

worker 2
becomes "the second worker takes half of the lanes" 2 value "${at[2]}" microflux_lanes
becomes "and reads them" 2 value "${at[2]}" microflux_lane_state 'state="reading"'
check "series of lanes that left have vanished" [ "$(lanes "${at[1]}")$(lanes "${at[2]}")" = 'lane="0"lane="1"lane="2"lane="3"' -o "$(lanes "${at[2]}")$(lanes "${at[1]}")" = 'lane="0"lane="1"lane="2"lane="3"' ]
check "top adds both up" [ "$("$microflux" top --from "${at[1]},${at[2]}" --format json | python3 -c 'import json, sys; t = json.load(sys.stdin); print(len(t["lanes"]), len({l["from"] for l in t["lanes"]}))')" = '4 2' ]

redis-cli -p "$REDIS_PORT" shutdown > /dev/null 2>&1
becomes "/readyz says 503 while Redis is away" 503 code "${at[1]}/readyz"
check "and says why" [ "$(get "${at[1]}/readyz" | grep -c 'waits for Redis')" = 1 ]
check "so does health --ready, with its status; live it is" [ "$(health --ready | tr '\n' ' ') $(health | tail -1)" = 'worker 0 waits for Redis 1  0' ]
check "/livez says 200 all the same" [ "$(code "${at[1]}/livez")" = 200 ]
check "errors are counted by kind" [ "$(value "${at[1]}" microflux_redis_errors_total 'kind=')" -ge 1 ]
redis_up
becomes "/readyz says 200 when Redis is back" 200 code "${at[1]}/readyz"
redis-cli -p "$REDIS_PORT" --scan --pattern 'mf:*:fence' | xargs redis-cli -p "$REDIS_PORT" del > /dev/null
becomes "a held lane is not ready, and /readyz says why" '1 503' eval "echo \$(get ${at[1]}/readyz | grep -c 'is held (redis_lost)') \$(code ${at[1]}/readyz)"
kill -TERM ${pids[1]} ${pids[2]}; wait ${pids[1]}; one=$?; wait ${pids[2]}
check "SIGTERM ends them cleanly" [ $one$? = 00 ]
check "the counters line has the names of the route" [ "$(grep -c '"event":"counters".*"received":.*"decoded":.*"rejected":.*"stored":.*"published":.*"committed":.*"lag":' "$DIR/worker1.log")" = 1 ]
summary
