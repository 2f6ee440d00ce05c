#!/usr/bin/env bash
# `microflux check`: every mistake with TLS, logins, names, rights, topics and Redis that is made on a first day is provoked on a real
# broker with TLS, SASL and ACLs and a real Redis, and one sentence, or the command printed with it, must name the cure.
set -uo pipefail
source "$(dirname "$0")/stack.sh"

secure() { # listeners with TLS and a login, another host's certificate, client certificates, and a login without TLS
  local names=(PLAINTEXT:1 SASL_SSL:21 ELSEWHERE:22 MUTUAL:23 SASL_PLAINTEXT:24) l all=''
  for l in "${names[@]}"; do all+=${all:+,}${l%:*}://127.0.0.1:$((base + ${l#*:})); done
  cat <<P
listeners=$all,CONTROLLER://127.0.0.1:$((base + 11))
advertised.listeners=$all
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,ELSEWHERE:SSL,MUTUAL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT
ssl.keystore.type=PEM
ssl.keystore.location=$DIR/certs/server.pem
ssl.truststore.type=PEM
ssl.truststore.location=$DIR/certs/ca.crt
listener.name.elsewhere.ssl.keystore.type=PEM
listener.name.elsewhere.ssl.keystore.location=$DIR/certs/elsewhere.pem
listener.name.mutual.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl_plaintext.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_worker="right" user_guest="right" user_nobody="right";
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
P
}

acl() { "$root/deploy/kafka.sh" tool org.apache.kafka.tools.AclCommand --bootstrap-server "$plain" --add --allow-principal "$@" > /dev/null; }
redis() { redis-cli -p "$REDIS_PORT" "$@" > /dev/null; }
password() { printf '%s\n' "$1" > "$DIR/password"; }

# says WHAT STATUS PATTERN [OPTIONS of check]: the exit status, and one line that matches; stderr is quiet
says() {
  local what=$1 status=$2 pattern=$3 got; shift 3
  timeout 30 "$microflux" check --timeout 3 "$@" > "$DIR/said" 2> "$DIR/stderr"; got=$?
  if [ $got = "$status" ] && grep -qE -- "$pattern" "$DIR/said" "$DIR/stderr"; then ok "$what"; else
    not_ok "$what: status $got, not $status, or no line like: $pattern"; cat "$DIR/said" "$DIR/stderr"
  fi
}

# runs PATTERN LOG [OPTIONS of run]: a worker, until its log says so (10 s at most)
runs() {
  local pattern=$1 log=$2 pid; shift 2
  "$microflux" run "$@" 2> "$log" & pid=$!
  touch "$log"
  for _ in $(seq 300); do grep -qE -- "$pattern" "$log" && break; sleep 0.1; done
  sleep 0.3; kill -9 $pid; wait $pid 2> /dev/null
}

stack_folder
certs=$DIR/certs
"$root/tests/certs.sh" "$certs" || exit 1
secure > "$DIR/secure"
EXTRA=$DIR/secure FORMAT='--add-scram SCRAM-SHA-512=[name=worker,password=right]' stack_up || exit 1
plain=127.0.0.1:$((base + 1)) tls=127.0.0.1:$((base + 21)) elsewhere=127.0.0.1:$((base + 22)) mutual=127.0.0.1:$((base + 23)) login=127.0.0.1:$((base + 24))
{ acl User:guest --operation Describe --topic '*'; acl User:worker --producer --consumer --topic '*' --group microflux-score; } & granting=$!
ssl=(--set kafka.security.protocol=SSL --set kafka.ssl.ca.location="$certs/ca.crt")
sasl=(--set kafka.security.protocol=SASL_SSL --set kafka.ssl.ca.location="$certs/ca.crt" --set kafka.sasl.mechanism=PLAIN
  --set kafka.sasl.username=worker --set kafka.sasl.password=right)
user=(--set redis.username=worker --set redis.password_file="$DIR/password")

# ---- the configuration alone ----
printf '[redis]\naddres = x\n' > "$DIR/misspelt"
says 'a misspelt key' 64 'did you mean redis.address' --config "$DIR/misspelt"
says 'the configuration alone: nobody is asked' 0 'every key is known' --bootstrap no.such.host.invalid:1
says 'one topic for two things' 64 'topics.posts .*each needs a topic of its own' --set topics.posts=profiles
says 'a Redis address without a port' 64 'redis.address "localhost" is not host:port' --set redis.address=localhost
says 'a schema file that is missing' 64 'cannot read /no/such.avsc' --set schema.ids=profiles:7=/no/such.avsc
says 'an unknown property of librdkafka' 64 'kafka.sasl.user=x: No such configuration property' --set kafka.sasl.user=x
says 'a property the worker relies on' 64 'must stay error' --set kafka.auto.offset.reset=earliest
says 'a CA file that is missing' 64 'the file kafka.ssl.ca.location is missing' "${sasl[@]}" --set kafka.ssl.ca.location=/no/such.crt
says 'a key file that is missing' 64 'the file kafka.ssl.key.location is missing' "${ssl[@]}" --set kafka.ssl.key.location=/no/such.key

# ---- TLS, logins, names ----
says 'nothing listens there' 69 'nothing listens there: check host and port' --connect --bootstrap 127.0.0.1:$((base + 39))
says 'no such host' 69 'no such host: check the names in kafka.bootstrap.servers' --connect --bootstrap no.such.host.invalid:9092
says 'plaintext to a TLS port' 69 'speaks TLS: set kafka.security.protocol=SASL_SSL' --connect --bootstrap "$tls"
says 'TLS to a plaintext port' 69 'does not speak TLS: set kafka.security.protocol=PLAINTEXT' --connect --bootstrap "$plain" "${ssl[@]}"
says 'no login over TLS' 69 'wants a login: set kafka.security.protocol=SASL_SSL' --connect --bootstrap "$tls" "${ssl[@]}"
says 'no login in the clear' 69 'wants a login: set kafka.security.protocol=SASL_PLAINTEXT' --connect --bootstrap "$login"
says 'a CA that did not sign' 69 'signed by /CN=ca, which kafka.ssl.ca.location .* does not hold' --connect --bootstrap "$tls" "${sasl[@]}" \
  --set kafka.ssl.ca.location="$certs/otherca.crt"
says 'the certificate of another host' 69 'is made for elsewhere.example: use such a name' --connect --bootstrap "$elsewhere" "${ssl[@]}"
says 'no client certificate' 69 'wants a client certificate: set kafka.ssl.certificate.location' --connect --bootstrap "$mutual" "${ssl[@]}"
says 'a wrong password' 69 'kafka.sasl.username or kafka.sasl.password is wrong' --connect --bootstrap "$tls" "${sasl[@]}" --set kafka.sasl.password=wrong
says 'a mechanism that is not offered' 69 'does not offer kafka.sasl.mechanism' --connect --bootstrap "$login" "${sasl[@]}" \
  --set kafka.security.protocol=SASL_PLAINTEXT
says 'SCRAM with an old librdkafka and Kafka 4' 69 'before 2.6.1 cannot log in to Kafka 4 by SCRAM' --connect --bootstrap "$tls" "${sasl[@]}" \
  --set kafka.sasl.mechanism=SCRAM-SHA-512
runs kafka_away "$DIR/worker.log" --bootstrap "$tls" "${sasl[@]}" --set kafka.sasl.password=wrong
check 'a running worker names the cure too' grep -q 'kafka_error .*cure="kafka.sasl.username or kafka.sasl.password is wrong"' "$DIR/worker.log"
check 'and no password' [ "$(grep -c '="wrong"' "$DIR/worker.log")" = 0 ]

# ---- topics ----
says 'no topics' 1 'microflux topics create --partitions 8' --connect
"$microflux" topics create --partitions 2 > /dev/null
says 'all is well' 0 ' 0 doubtful, 0 missing$' --connect
"$microflux" topics create --partitions 2 --set topics.profiles=compacted > /dev/null
"$microflux" topics create --partitions 3 --set topics.profiles=p3 --set topics.posts=three --set topics.interactions=i3 --set topics.creator_scores=c3 \
  --set topics.dead_letters=d3 --set topics.audience_edges=e3 --set topics.affinity_updates=u3 --set topics.fit_scores=f3 --set topics.shortlists=l3 --set topics.alerts=a3 > /dev/null
says 'a user without rights' 1 'Read --topic profiles$' --connect --bootstrap "$tls" "${sasl[@]}" --set kafka.sasl.username=nobody
says 'compaction before a worker has read' 0 'profiles: min.compaction.lag.ms=1209600000: a snapshot may be compacted' --connect --survive 400
check 'the command that mends it' grep -q 'entity-name profiles --add-config min.compaction.lag.ms=1440000000' "$DIR/said"
says 'expiry before a worker has read' 0 'WARN  topic interactions: retention.ms=' --connect --survive 999
says 'an input of which only the newest record stays' 1 'FAIL  topic compacted: cleanup.policy=compact' --connect --set topics.posts=compacted
says 'an output of which only the newest record stays' 1 "second dead letter would remove the first" --connect --set topics.dead_letters=compacted
says 'inputs of different partition counts' 1 'has 3 partitions but the other inputs have 2' --connect --set topics.posts=three

# ---- rights ----
wait $granting
says 'all the rights a worker needs' 0 'group microflux-score: can be joined' --connect --bootstrap "$tls" "${sasl[@]}"
says 'the group of somebody else' 1 'Read --group other$' --connect --bootstrap "$tls" "${sasl[@]}" --set group=other
says 'may see but not read' 1 'topic interactions: the user may not read it' --connect --bootstrap "$tls" "${sasl[@]}" --set kafka.sasl.username=guest
check 'may not write' grep -q "User:guest' --operation Write --topic dead-letters" "$DIR/said"

# ---- Redis ----
says 'Redis is away' 69 'Connection refused' --connect --set redis.address=127.0.0.1:$((base + 38))
says 'a database that is not there' 1 'DB index is out of range' --connect --set redis.database=99
redis acl setuser worker on '>right' '~mf:default:*' +ping +get +set '+client|setname' +info
password wrong; says 'a wrong password of Redis' 1 'check redis.username and redis.password' --connect "${user[@]}"
password right; says 'commands that are missing' 1 'ACL SETUSER worker .*\+HSET .*\+WATCH' --connect "${user[@]}"
sed -n 's/^ *redis-cli ACL SETUSER/ACL SETUSER/p' "$DIR/said" | redis-cli -p "$REDIS_PORT" > /dev/null
says 'the command it printed mends it' 0 'user worker may do all that a worker does' --connect "${user[@]}"
echo '{"creator_id":"a","platform":"TIKTOK","observed_at":1,"followers":5}' | "$microflux" produce --topic profiles - 2> /dev/null
"$microflux" run "${user[@]}" --set group=rights 2> "$DIR/rights.log" & pid=$!
for _ in $(seq 150); do "$microflux" state a > /dev/null 2>&1 && break; sleep 0.2; done
kill -9 $pid; wait $pid 2> /dev/null
check 'and a worker counts with no other right' [ "$("$microflux" state a | grep -c 'TIKTOK, 5 followers')$(grep -c NOPERM "$DIR/rights.log")" = 10 ]
redis flushall
redis acl setuser worker +@all resetkeys '~other:*'
says 'keys that are missing' 1 "ACL SETUSER worker '~mf:default:\*'" --connect "${user[@]}"
redis config set maxmemory-policy allkeys-lru; redis config set appendonly no
says 'a Redis that evicts' 1 'CONFIG SET maxmemory-policy noeviction$' --connect
check 'a Redis without an append-only file' grep -q 'CONFIG SET appendonly yes$' "$DIR/said"
runs lane_held "$DIR/evicts.log"
check 'a worker does not count there' [ "$(grep -c 'lane_held .*reason=redis_evicts.*noeviction' "$DIR/evicts.log")" = 2 ]
check 'and does not take the lane' [ -z "$(redis-cli -p "$REDIS_PORT" --scan --pattern '*:fence')" ]
redis config set maxmemory-policy noeviction
runs lane_taken "$DIR/doubts.log"
check 'a worker warns once of a missing append-only file' [ "$(grep -c 'redis_doubtful .*append-only' "$DIR/doubts.log")" = 1 ]
redis config set appendonly yes

# ---- the registry: an empty one, and none ----
python3 -c '
import http.server
class Empty(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b"{\"error_code\":40401,\"message\":\"not found\"}"
        self.send_response(404); self.send_header("content-length", str(len(body))); self.end_headers(); self.wfile.write(body)
    do_POST = do_GET
    def log_message(self, *words): pass
http.server.HTTPServer(("127.0.0.1", '$((base + 36))'), Empty).serve_forever()' & empty=$!
says 'a registry that is away' 69 'FAIL  registry: ' --connect --set registry.url=http://127.0.0.1:$((base + 37))
says 'a registry without our schema' 1 'registry.register=yes' --connect --set registry.url=http://127.0.0.1:$((base + 36)) --set registry.register=no
says 'which a worker registers' 0 'registers creator-scores-value there' --connect --set registry.url=http://127.0.0.1:$((base + 36))
kill $empty; wait $empty 2> /dev/null

# ---- fences ----
says 'fences that fit' 0 '2 go on where their fence says' --connect
fence=$(redis-cli -p "$REDIS_PORT" --scan --pattern 'mf:default:*:fence' | head -1) text=$(redis-cli -p "$REDIS_PORT" get "$fence")
redis set "$fence" "$(sed -E 's/ 0=[0-9]+/ 0=99/' <<< "$text")"
says 'a fence beyond the end of its log' 1 'of profiles: was read up to 99 but its log ends at' --connect
redis set "$fence" "${text/P=2/P=4}"
says 'another partition count' 1 'made with 4 partitions but the topics have 2' --connect
redis set "$fence" "${text/epoch=0/epoch=3}"
says 'another epoch' 1 'epoch = 3 in the configuration' --connect
redis set "$fence" "$text"
"$microflux" run 2> /dev/null & pid=$!
for _ in $(seq 300); do "$microflux" lag --format json | grep -q '"input":"profiles".*"committed":[1-9]' && break; sleep 0.2; done
kill -9 $pid; wait $pid 2> /dev/null
redis flushall
says 'fences that are lost though the group has read' 1 'redis.lost=rebuild counts again' --connect
says 'and are counted again on demand' 0 'WARN  lane . has no fence|WARN  lane' --connect --set redis.lost=rebuild
summary
