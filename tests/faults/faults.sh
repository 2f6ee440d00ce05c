# The faults of nemesis.py as functions, and the workers they hit; sourced by run.sh and zombie.sh, after stack.sh's way.
# Every fault heals itself before it returns. A worker is known by its number: worker1.pid, worker1.log, worker1.exits.
source "$(dirname "${BASH_SOURCE[0]}")/../e2e/stack.sh"
faults=$root/tests/faults

worker() { # NUMBER [OPTIONS...]: small caches and frequent commits, so that evictions, loads and many commits happen
  local me=$DIR/worker$1; shift
  {
    "$microflux" run --set memory_mib=64 --set lane.commit_ms=20 --set kafka.queued.min.messages=200 --set kafka.fetch.message.max.bytes=20000 \
      --set kafka.session.timeout.ms=6000 --set kafka.heartbeat.interval.ms=500 --set kafka.max.poll.interval.ms=6000 "$@" 2>> "$me.log" &
    echo $! > "$me.pid"
    wait $!; echo $? >> "$me.exits"
  } > /dev/null 2>&1 &
  disown # or the shell says "Killed"
  until grep -q ' configuration ' "$me.log" 2> /dev/null; do sleep 0.05; done
}

signal() { [ -f "$DIR/$1.pid" ] && kill "-$2" "$(cat "$DIR/$1.pid")" 2> /dev/null; } # worker1|redis|kafka/n1 SIGNAL
gone() { while signal "$1" 0; do sleep 0.05; done; }
redis() { redis-cli -p "$REDIS_PORT" "$@" > /dev/null 2>&1; }

worker_kill() { signal "$1" KILL; sleep "$2"; worker "${1#worker}"; }
worker_pause() { signal "$1" STOP; sleep "$2"; signal "$1" CONT; }
worker_restart() { signal "$1" TERM; gone "$1"; sleep "$2"; worker "${1#worker}"; }
worker_join() { worker "${1#worker}"; sleep "$2"; signal "$1" TERM; gone "$1"; }

redis_kill() { signal redis KILL; gone redis; sleep "$2"; redis_up; }
redis_pause() { signal redis STOP; sleep "$2"; signal redis CONT; }
redis_readonly() { redis replicaof 127.0.0.1 1; sleep "$2"; redis replicaof no one; } # a master that is not there: nothing is copied
redis_oom() { redis config set maxmemory 1; sleep "$2"; redis config set maxmemory 0; }
redis_rewind() { # what a failover does: the newest seconds are gone
  signal redis STOP; rm -rf "$DIR/copy"; cp -a "$DIR/redis" "$DIR/copy"; signal redis CONT
  sleep "$2"
  signal redis KILL; gone redis; rm -rf "$DIR/redis"; mv "$DIR/copy" "$DIR/redis"; redis_up
}

broker_pause() { signal kafka/n1 STOP; sleep "$2"; signal kafka/n1 CONT; }
broker_kill() {
  "$root/deploy/kafka.sh" kill "$DIR/kafka" 1; gone kafka/n1; sleep "$2"
  "$root/deploy/kafka.sh" start "$DIR/kafka" 1; "$root/deploy/kafka.sh" wait "$DIR/kafka" 1 60
}

faults_up() { # EVENTS-OPTIONS...: the stack, a generated stream in $DIR/events, and topics
  stack_up || exit 1
  trap 'faults_down' EXIT
  "$microflux" topics create --replay > /dev/null || exit 1
  "$microflux" generate "$@" --out "$DIR/events" --truth "$DIR/truth" 2> "$DIR/generated" || exit 1
}

reading() { # until every lane has its fence
  until [ "$(redis-cli -p "$REDIS_PORT" keys 'mf:*:fence' | grep -c .)" = 8 ]; do sleep 0.1; done
}

faults_down() { local w; for w in 1 2 3; do signal worker$w KILL; done; stack_down; }

# The stream spans one day, so that no like waits more than 24 h of event time for its post however long a lane stands still: placeholders
# that expire are the one thing that depends on the order between topics.
stream=(--creators 150 --days 1 --posts 6)

# checked WHAT: waits until everything is settled, then compares counters and scores with what was produced.
checked() {
  log_ends
  check "$1: every fence reaches the end of its log" settled 90
  "$microflux" state --all > "$DIR/states" || exit 1
  check "$1: the log holds what was produced, once" [ "$(awk '{n += $3} END {print n}' "$DIR/ends")" = "$(wc -l < "$DIR/events")" ]
  check "$1: buckets, totals and posts equal the recount" python3 "$root/tests/e2e/recount.py" "$DIR/events" "$DIR/states"
  check "$1: the generator's own truth agrees" python3 "$root/tests/e2e/totals.py" "$DIR/truth" "$DIR/states"
  check "$1: every published record equals the reference at the log prefix it names" recomputed
  check "$1: what a reader ends with is the final state" python3 "$faults/readers.py" "$DIR/creator-scores.log" "$DIR/states"
  check "$1: no worker ended but by our signals" [ -z "$(cat "$DIR"/worker*.exits 2> /dev/null | grep -vxE '0|137')" ]
}
