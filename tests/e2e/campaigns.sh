#!/usr/bin/env bash
# Campaigns on real parts: put, listed, ended; malformed ones refused by name with the old one kept; each creator's fit and the shortlist
# recomputed from what they are made of.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
stack_up || exit 1
"$microflux" config secret > "$DIR/secret" && chmod 600 "$DIR/secret" || exit 1
export MICROFLUX_PRIVACY_SECRET_FILE=$DIR/secret
"$microflux" topics create --partitions 2 --replay > /dev/null
"$microflux" generate --creators 12 --posts 12 --characters --out "$DIR/events" --truth "$DIR/truth" 2> /dev/null
"$microflux" produce --timestamps event "$DIR/events" 2> /dev/null || exit 1
log_ends
"$microflux" run 2> "$DIR/worker.log" & pid=$!

campaigns() { "$microflux" campaigns "$@"; }
put() { printf '%s\n' "$@" > "$DIR/campaigns" && campaigns put "$DIR/campaigns" > "$DIR/out" 2>&1; }
refused() { put "$2"; [ $? = 64 ] && grep -q "$1" "$DIR/out"; } # WORDS CAMPAIGN
spring='"campaign_id":"spring","brand":"acme","status":"ACTIVE","updated_at":1700000000000'
put "{$spring,\"topics\":{\"FOOD\":1,\"PET\":0.5},\"values\":[\"sustainability\"],\"competitors\":[\"rival\"],\"slots\":4,\"min_authenticity\":40,\"weights\":{\"values\":2}}" \
  '{"campaign_id":"autumn","brand":"other","status":"PAUSED","updated_at":1700000000000}'
check "two campaigns are put" [ "$(cat "$DIR/out")" = '2 campaigns put' ]
check "and listed" [ "$(campaigns list | awk '{print $1, $2}' | sort | paste -sd' ')" = 'autumn PAUSED spring ACTIVE' ]
check "an unknown tier is refused by name" refused 'line 1: campaign spring: tiers: "TINY"' "{$spring,\"tiers\":[\"TINY\"]}"
check "an unknown topic, too" refused 'topics: "PHILATELY"' "{$spring,\"topics\":{\"PHILATELY\":1}}"
check "an unknown value, too" refused 'values: "greed"' "{$spring,\"values\":[\"greed\"]}"
check "dates the wrong way round" refused 'ends_at' "{$spring,\"starts_at\":20,\"ends_at\":10}"
check "no JSON: line and column" refused 'line 1, column' '{"campaign_id":'
check "the old one is kept" [ "$(campaigns show spring --format json | python3 -c 'import json,sys; print(json.load(sys.stdin)["slots"])')" = 4 ]
check "the worker has counted everything" settled 90
mkdir "$DIR/lex" && sed 's/^\[value\]$/&\n63 greed/' "$root/data/lexicons/classes.lex" > "$DIR/lex/classes.lex"
printf '%s\n' "{$spring,\"values\":[\"greed\"]}" > "$DIR/campaigns"
MICROFLUX_LEXICON_DIR=$DIR/lex campaigns put "$DIR/campaigns" > "$DIR/out" 2>&1 || cat "$DIR/out"
said() { for _ in $(seq 150); do grep -q "$1" "$DIR/worker.log" && return; sleep 0.1; done; return 1; }
check "the worker refuses what its lexicons do not know, by name" said 'campaign_refused.*campaign spring: values: "greed".*nothing_changed'
check "and took the others" said 'campaigns.*usable=2'
put "{$spring,\"topics\":{\"FOOD\":1,\"PET\":0.5},\"values\":[\"sustainability\"],\"competitors\":[\"rival\"],\"slots\":4,\"min_authenticity\":40,\"weights\":{\"values\":2}}"
creators=$("$microflux" state --all | python3 -c 'import json,sys; print(*sorted({json.loads(l)["creator"] for l in sys.stdin}))')
# shellcheck disable=SC2086
check "each fit, the ranking and the roster are what their parts say" python3 "$root/tests/e2e/campaigns.py" "$microflux" spring $creators
check "fit in words says what it is made of" grep -q 'topics in common' <("$microflux" fit creator-1 spring)
check "a campaign that does not run rejects everybody, by name" grep -q 'rejected by campaign' <("$microflux" what-if autumn)
campaigns end autumn > /dev/null
check "an ended campaign is gone" [ "$(campaigns list | wc -l)" = 1 ]
check "and its name says which there are" grep -q 'no campaign "autumn".*there are: spring' <("$microflux" fit creator-1 autumn 2>&1)
kill -TERM $pid; wait $pid
summary
