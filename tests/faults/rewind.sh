#!/usr/bin/env bash
# Redis went back behind scores that readers have: what is counted again ends where it was, so the reader must be told once more.
# A like and its retraction, published one by one, are met in one batch after the tail is lost.
# usage: rewind.sh
set -uo pipefail
source "$(dirname "$0")/faults.sh"
stack_up || exit 1
trap faults_down EXIT
"$microflux" topics create > /dev/null
now=$(date +%s%3N)
like() { # COUNT
  echo '{"topic":"interactions","timestamp":'"$now"',"value":{"creator_id":"c","kind":"LIKE","count":'"$1"',"occurred_at":'"$now"'}}' | "$microflux" produce - 2> /dev/null
}
told() { # LIKES: until a reader has them
  for _ in $(seq 25); do
    likes=$("$microflux" tail creator-scores --until-end --format json | tail -1 | grep -oE '"totals":\{[^}]*' | grep -oE '"likes":-?[0-9]+' | cut -d: -f2)
    [ "$likes" = "$1" ] && return
    sleep 0.2
  done
  echo "creator c: totals.likes wanted $1, found $likes"; return 1
}
worker 1; reading
like 5; check "a like is told" told 5
signal worker1 TERM; gone worker1
cp -a "$DIR/redis" "$DIR/before"
worker 1; like 7; check "the next one too" told 12
signal worker1 TERM; gone worker1
like -7
signal redis KILL; gone redis; rm -rf "$DIR/redis"; mv "$DIR/before" "$DIR/redis"; redis_up
worker 1
check "Redis lost the second like, the log took it back: the reader ends with the first" told 5
"$microflux" state c --format json | grep -oE '"totals":\{[^}]*LIKE":[0-9]+'
summary
