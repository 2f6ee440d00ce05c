#!/usr/bin/env bash
# Redis over TLS: a worker with a client certificate and the rights that docs/operations/security.md lists, no more; each mistake is one
# sentence at `check --connect` and in the log of a worker; Sentinel and Cluster go the same way; certificates and passwords are taken anew.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
stack_folder
certs=$DIR/certs
tls_down() { for p in "$DIR"/*.rpid; do kill -9 "$(cat "$p")" 2> /dev/null; done; stack_down; }
trap tls_down EXIT
"$root/tests/certs.sh" "$certs" || exit 1
export MICROFLUX_REDIS_CONNECT_TIMEOUT_MS=4000 # on a busy machine, too
# The fence of a broker is not needed to hear a mistake, so Kafka starts while those are tried.
XMX=384m "$root/deploy/kafka.sh" up "$DIR/kafka" "$base" & starting=$!

server() { # NAME PORT CERTIFICATE AUTH-CLIENTS [OPTIONS]
  local name=$1 port=$2 certificate=$3 auth=$4; shift 4
  mkdir -p "$DIR/$name"
  redis-server --port 0 --tls-port "$port" --bind 127.0.0.1 --dir "$DIR/$name" --daemonize yes --pidfile "$DIR/$name.rpid" \
    --logfile "$DIR/$name.log" --save '' --tls-ca-cert-file "$certs/ca.crt" --tls-cert-file "$certs/$certificate.crt" \
    --tls-key-file "$certs/$certificate.key" --tls-auth-clients "$auth" "$@" > /dev/null
}
at() { echo 127.0.0.1:$((base + $1)); }
cli() { redis-cli -p $((base + 31)) --tls --cacert "$certs/ca.crt" --cert "$certs/worker.crt" --key "$certs/worker.key" "$@"; }

server mutual $((base + 31)) server yes --appendonly yes
server open $((base + 32)) server no
server elsewhere $((base + 33)) elsewhere no
server expired $((base + 34)) expired no
redis-server --port $((base + 35)) --bind 127.0.0.1 --dir "$DIR" --daemonize yes --pidfile "$DIR/plain.rpid" --save '' > /dev/null

tls=(--set redis.tls=yes --set redis.tls.ca_file="$certs/ca.crt")
ours=(--set redis.tls.cert_file="$certs/worker.crt" --set redis.tls.key_file="$certs/worker.key")
says() { # WHAT STATUS PATTERN [OPTIONS of check]
  local what=$1 status=$2 pattern=$3 got; shift 3
  timeout 30 "$microflux" check --timeout 1 --bootstrap 127.0.0.1:$((base + 1)) "$@" > "$DIR/said" 2>&1; got=$?
  if [ $got = "$status" ] && grep -qE -- "$pattern" "$DIR/said"; then ok "$what"; else
    not_ok "$what: status $got, not $status, or no line like: $pattern"; cat "$DIR/said"
  fi
}
redis_of() { "$microflux" state nobody --set redis.address="$(at "$1")" "${@:2}" 2>&1; } # a tool asks Redis alone
sentence() { # WHAT PORT PATTERN [OPTIONS]
  redis_of "$2" "${@:4}" > "$DIR/said"
  if grep -qE -- "$3" "$DIR/said"; then ok "$1"; else not_ok "$1: no line like: $3"; cat "$DIR/said"; fi
}
silent() { "$@" > /dev/null 2>&1; }

says 'a CA file that is missing' 64 'redis.tls.ca_file /no/such.crt: No such file' --set redis.tls=yes --set redis.tls.ca_file=/no/such.crt
says 'a key of another certificate' 64 'its private key .*server.key: .*mismatch' "${tls[@]}" --set redis.tls.cert_file="$certs/worker.crt" \
  --set redis.tls.key_file="$certs/server.key"
says 'TLS over a Unix socket' 64 'Redis speaks no TLS there' "${tls[@]}" --set redis.address=unix:/run/redis.sock
sentence 'nobody of that name, asked over TLS' 32 'has no lanes in this Redis' "${tls[@]}"
sentence 'an unknown CA' 32 'signed by /CN=ca, which redis.tls.ca_file .* does not hold' --set redis.tls=yes --set redis.tls.ca_file="$certs/otherca.crt"
sentence 'no CA at all: the system does not know ours' 32 "redis.tls.ca_file .not set: the system's. does not hold" --set redis.tls=yes
sentence 'another host name' 33 'made for elsewhere.example: use such a name in redis.address or redis.tls.server_name' "${tls[@]}"
check 'which redis.tls.server_name expects' [ "$(redis_of 33 "${tls[@]}" --set redis.tls.server_name=elsewhere.example | grep -c certificate)" = 0 ]
sentence 'an expired certificate' 34 'out of date .certificate has expired.: renew it' "${tls[@]}"
sentence 'a client certificate is wanted' 31 'wants? a client certificate.*redis.tls.cert_file' "${tls[@]}"
sentence 'TLS to a plain port' 35 'redis.tls = no' "${tls[@]}" --set redis.connect_timeout_ms=1000
sentence 'plain to a TLS port' 32 'does it want TLS .redis.tls = yes' --set redis.tls=no
sentence 'nothing listens there' 38 'Connection refused' "${tls[@]}"

# ---- rights: the line of the page, taken as it stands ----
printf 'right\n' > "$DIR/password"
sed -n 's/^\(ACL SETUSER microflux .*\)>PASSWORD/\1>right/p' "$root/docs/operations/security.md" | cli > /dev/null
user=(--set redis.username=microflux --set redis.password_file="$DIR/password")
sentence 'a wrong password' 31 'WRONGPASS.*check redis.username and redis.password' "${tls[@]}" "${ours[@]}" --set redis.username=microflux --set redis.password=wrong
wait $starting || exit 1
export MICROFLUX_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$((base + 1)) MICROFLUX_HTTP_ADDRESS=127.0.0.1:0 MICROFLUX_REDIS_ADDRESS=127.0.0.1:$((base + 31))
"$microflux" topics create --partitions 1 > /dev/null
says 'check --connect over TLS with those rights' 0 'user microflux may do all that a worker does' --connect --timeout 10 "${tls[@]}" "${ours[@]}" "${user[@]}"
says 'check --connect: an unknown CA' 69 'FAIL  redis: .* does not hold' --connect --set redis.address="$(at 32)" --set redis.tls=yes --set redis.tls.ca_file="$certs/otherca.crt"
printf '{"campaign_id":"spring","brand":"acme","status":"ACTIVE","updated_at":%s,"topics":{"FOOD":1}}\n' "$(date +%s%3N)" > "$DIR/campaign"
"$microflux" campaigns put "$DIR/campaign" > /dev/null 2>&1 # so that fits are told
cli config resetstat > /dev/null; cli acl log reset > /dev/null

python3 - > "$DIR/events" << 'P'
import json, time
now, day = int(time.time() * 1000), 86400000
def say(topic, at, **value): print(json.dumps({"topic": topic, "timestamp": at, "value": value}))
for i in range(50):
    say("profiles", now - 6 * day, creator_id=f"c{i}", platform="TIKTOK", observed_at=now - 6 * day, followers=1000 + i)
    say("posts", now - 6 * day, creator_id=f"c{i}", post_id=f"p{i}", posted_at=now - 6 * day, format="VIDEO", tags=["recipe"])
for at in now - 6 * day, now - 3 * day, now:
    for i in range(0, 50, 2): # enough of them for the oldest to leave
        if at == now:
            for n in range(40): say("posts", now, creator_id=f"c{i}", post_id=f"q{i}-{n}", posted_at=now + n, format="VIDEO")
    for i in range(500):
        say("interactions", at, creator_id=f"c{i % 50}", post_id=f"p{i % 50}", actor_id=f"a{i}", kind="LIKE", count=1, occurred_at=at)
P
soon() { for _ in $(seq 240); do "$@" && return; sleep 0.1; done; return 1; }
counted() { [ "$("$microflux" lag --format json "${tls[@]}" "${ours[@]}" | grep -oE '"records":[0-9]+' | sort -u)" = '"records":0' ]; }
"$microflux" run "${tls[@]}" "${ours[@]}" "${user[@]}" --set sweep.interval_s=10 2> "$DIR/worker.log" & worker=$!
taken_again() { [ "$(grep -c lane_taken "$DIR/worker.log")" = 2 ]; }
send() { sed -n "$1,$2p" "$DIR/events" | "$microflux" produce --timestamps event - 2> /dev/null; soon silent counted; } # FIRST LAST
send 1 600 # the first states whole, later ones in part
printf 'changed-1\n' > "$DIR/password"
cli acl setuser microflux '>changed-1' '<right' > /dev/null
cli client kill user microflux > /dev/null
check 'another password in the file: taken with the next connection' soon taken_again
send 601 1100
"$microflux" erase c7 "${tls[@]}" "${ours[@]}" > /dev/null 2>&1
send 1101 9999
sleep 1
cli info commandstats | sed -nE 's/^cmdstat_([^:]*):calls=([0-9]+).*rejected_calls=([0-9]+).*/\1 \2 \3/p' | grep -vE '^(config|acl)' | sort > "$DIR/used"
sed -nE '/^ACL SETUSER microflux/s/[^+]*\+([a-z|]+)/\1\n/gp' "$root/docs/operations/security.md" | grep . | sort > "$DIR/listed"
check 'enough: no command of the worker was refused' [ "$(cli acl log | grep -c .)/$(grep -c NOPERM "$DIR/worker.log")/$(cli hlen "$(cli keys 'mf:*:c:c3' | head -1)" | awk '{print ($1 > 5)}')" = 0/0/1 ]
unsaid=$(cut -d' ' -f1 "$DIR/used" | comm -13 - "$DIR/listed" | tr '\n' ' ')
check "needed: every listed command was said${unsaid:+, but $unsaid}" [ -z "$unsaid" ]

# ---- the end, and a certificate that is renewed ----
kill $worker; wait $worker
check 'a clean end, and no secret in the log' [ "$(grep -c 'clean=1' "$DIR/worker.log")/$(grep -cE '>right|changed-1|"right"' "$DIR/worker.log")" = 1/0 ]
"$microflux" run "${tls[@]}" --set redis.address="$(at 34)" --set group=expired --set namespace=expired 2> "$DIR/expired.log" & worker=$!
soon grep -q 'redis_away .*out of date' "$DIR/expired.log"
kill -9 "$(cat "$DIR/expired.rpid")"; sleep 0.1; server expired $((base + 34)) server no --appendonly yes
check 'an expired certificate is weather: said once, and over when it was renewed' soon grep -q lane_taken "$DIR/expired.log"
kill -9 $worker; wait $worker 2> /dev/null
check 'said once' [ "$(grep -c redis_away "$DIR/expired.log")" = 1 ]

# ---- Sentinel and Cluster ----
mkdir "$DIR/s"; cat > "$DIR/s/sentinel.conf" <<S
port 0
tls-port $((base + 36))
tls-cert-file $certs/server.crt
tls-key-file $certs/server.key
tls-ca-cert-file $certs/ca.crt
tls-auth-clients no
tls-replication yes
sentinel monitor mymaster 127.0.0.1 $((base + 32)) 1
S
redis-server "$DIR/s/sentinel.conf" --sentinel --daemonize yes --pidfile "$DIR/s.rpid" --bind 127.0.0.1 --dir "$DIR/s" > /dev/null
server cluster $((base + 37)) server no --cluster-enabled yes --tls-cluster yes --cluster-port $((base + 39))
node() { redis-cli -p $((base + 37)) --tls --cacert "$certs/ca.crt" "$@"; }
up() { node cluster info 2> /dev/null | grep -q state:ok; }
soon silent node ping; node cluster addslotsrange 0 16383 > /dev/null
soon up
sentence 'by a Sentinel, over TLS' 36 'has no lanes in this Redis' "${tls[@]}" --set redis.mode=sentinel
sentence 'a cluster, over TLS' 37 'has no lanes in this Redis' "${tls[@]}" --set redis.mode=cluster
sentence 'a Sentinel with an unknown CA' 36 'no sentinel names .*signed by' --set redis.tls=yes --set redis.tls.ca_file="$certs/otherca.crt" --set redis.mode=sentinel
summary
