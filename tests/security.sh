#!/usr/bin/env bash
# A worker on a broker with ACLs, end to end: by SASL_SSL with PLAIN, by client certificate, by OAUTHBEARER, by SCRAM where librdkafka can,
# each with the rights that docs/operations/security.md lists and no more. Then each listed right is taken away: something must stop; and
# given back: it must go on by itself. The same for audience and roster workers. The registry over TLS with a login, right and wrong.
# usage: tests/security.sh [PART…]      logins rights audience roster renewed registry; default: all
set -uo pipefail
source "$(dirname "$0")/e2e/stack.sh"
foreign_client || exit 1
stack_folder
parts=" ${*:-logins rights audience roster renewed registry} "
wanted() { [[ $parts == *" $1 "* ]]; }
certs=$DIR/certs page=$root/docs/operations/security.md
"$root/tests/certs.sh" "$certs" || exit 1

secure() { # the listeners: the tests' own, and one a way to log in; the certificate's CN is the user's name
  local l all='' names=(PLAINTEXT:1 SASL_SSL:21 TOKEN:22 MUTUAL:23 SCRAM:24) jaas=org.apache.kafka.common.security
  for l in "${names[@]}"; do all+=${all:+,}${l%:*}://127.0.0.1:$((base + ${l#*:})); done
  cat <<P
listeners=$all,CONTROLLER://127.0.0.1:$((base + 11))
advertised.listeners=$all
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,TOKEN:SASL_SSL,MUTUAL:SSL,SCRAM:SASL_SSL
ssl.keystore.type=PEM
ssl.keystore.location=$certs/server.pem
ssl.truststore.type=PEM
ssl.truststore.location=$certs/ca.crt
listener.name.mutual.ssl.client.auth=required
listener.name.mutual.ssl.principal.mapping.rules=RULE:^CN=worker\$/microflux/
listener.name.sasl_ssl.sasl.enabled.mechanisms=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=$jaas.plain.PlainLoginModule required user_microflux="right";
listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.scram.scram-sha-512.sasl.jaas.config=$jaas.scram.ScramLoginModule required;
listener.name.token.sasl.enabled.mechanisms=OAUTHBEARER
listener.name.token.oauthbearer.sasl.jaas.config=$jaas.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="admin";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
P
}
secure > "$DIR/secure"
EXTRA=$DIR/secure FORMAT='--add-scram SCRAM-SHA-512=[name=microflux,password=right]' stack_up || exit 1
plain=$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS
at() { echo 127.0.0.1:$((base + $1)); }

# a table of peers from the first creator on, and a new one each second: so that one round meets every topic
cp -r "$root/data" "$DIR/data" && sed -i '/^\[peers\]/,/^\[/s/^least = .*/least = 1/' "$DIR/data/methodology/microflux-1.conf"
export MICROFLUX_DATA=$DIR/data MICROFLUX_METHODOLOGY_FILE=$DIR/data/methodology/microflux-1.conf MICROFLUX_PEERS_INTERVAL_S=1
"$microflux" topics create --partitions 1 > /dev/null
coproc RIGHTS { "$venv/bin/python" "$root/tests/security.py" "$plain" "$page" 2> "$DIR/rights.log"; }
read -ru "${RIGHTS[0]}" answer
rights() { echo "$*" >&"${RIGHTS[1]}"; read -ru "${RIGHTS[0]}" answer; echo "$answer"; }
rights all > /dev/null

send() { "$microflux" produce --timestamps event - 2> /dev/null; }
record() { echo "{\"topic\":\"$1\",\"timestamp\":$now,\"value\":{$2}}"; }
kind=score
declare -A bad=([score]=profiles [audience]=audience-edges [roster]=fit-scores)
begin() { # CREATOR: what a worker has to read, a record it cannot use, and a campaign
  local day=86400000; now=$(date +%s%3N)
  { record profiles "\"creator_id\":\"$1\",\"platform\":\"TIKTOK\",\"observed_at\":$((now - 9 * day)),\"followers\":5000"
    record posts "\"creator_id\":\"$1\",\"post_id\":\"p-$1\",\"posted_at\":$((now - 8 * day)),\"format\":\"VIDEO\",\"tags\":[\"recipe\"]"; } | send
  printf '%s:nonsense\n' "$1" | kcat -P -b "$plain" -t "${bad[$kind]}" -K:
  echo "{\"campaign_id\":\"of-$1\",\"brand\":\"b\",\"status\":\"ACTIVE\",\"updated_at\":$now,\"tiers\":[],\"topics\":{\"FOOD\":1}}" > "$DIR/campaign"
  "$microflux" campaigns put "$DIR/campaign" > /dev/null
}
like() { # CREATOR: so that it is scored again
  now=$(date +%s%3N)
  record interactions "\"creator_id\":\"$1\",\"post_id\":\"p-$1\",\"kind\":\"LIKE\",\"count\":1,\"occurred_at\":$((now - 7 * 86400000))" | send
}
comment() { # CREATOR: of somebody new, who comments on another creator, too
  local on actor=a$RANDOM$RANDOM; now=$(date +%s%3N)
  for on in "$1" "$1-b"; do
    record interactions "\"creator_id\":\"$on\",\"post_id\":\"p-$1\",\"actor_id\":\"$actor\",\"kind\":\"COMMENT\",\"count\":1,\"occurred_at\":$now"
  done | send
}
newest() { "$microflux" tail "$1" --until-end --format json 2> /dev/null | grep "\"key\":\"$2\"" | tail -1; } # TOPIC KEY
tables() { newest peer-tables default | grep -oE '"version":[0-9]+' | head -1 | cut -d: -f2; }
score_worked() { # a score of profile, post and likes in a table of the stream, a fit; a newer table
  local score; like "$1"
  score=$(newest creator-scores "$1")
  [[ $score == *'"followers":5000'*'"posts_90d":1'*'"source":"STREAM"'* && $score == *'"likes":'[1-9]* ]] && [ -n "$(newest fit-scores "of-$1/$1")" ] &&
    [ "$(tables)" -gt "$table" ]
}
audience_worked() { comment "$1"; [ -n "$(newest affinity-updates "$1")" ] && grep -q ' peer_table ' "$DIR/worker.log"; }
roster_worked() { like "$1"; [ -n "$(newest shortlists "of-$1")" ] && grep -q ' peer_table ' "$DIR/worker.log"; }
worked() { ${kind}_worked "$1" && [ -n "$(newest dead-letters "$1")" ] && grep -q ' campaigns usable=' "$DIR/worker.log"; } # CREATOR: all of it
soon() { local end=$(($(date +%s) + $1)); shift; until "$@"; do [ "$(date +%s)" -lt $end ] || return 1; sleep 0.3; done; }
program=("$microflux")
worker() { # CREATOR: a worker of that creator's round
  begin "$1"; table=$(tables); table=${table:-0}
  "${program[@]}" run $kind "${login[@]}" > "$DIR/worker.log" 2>&1 & pid=$!
}
ended() { kill $pid; wait $pid; }

tls=(--set kafka.security.protocol=SASL_SSL --set kafka.ssl.ca.location="$certs/ca.crt")
printf 'right\n' > "$DIR/password"
password=(--set kafka.sasl.username=microflux --set kafka.sasl.password.file="$DIR/password")
by_password=(--bootstrap "$(at 21)" "${tls[@]}" --set kafka.sasl.mechanism=PLAIN "${password[@]}")
by_certificate=(--bootstrap "$(at 23)" --set kafka.security.protocol=SSL --set kafka.ssl.ca.location="$certs/ca.crt"
  --set kafka.ssl.certificate.location="$certs/worker.crt" --set kafka.ssl.key.location="$certs/worker.key")
by_token=(--bootstrap "$(at 22)" "${tls[@]}" --set kafka.sasl.mechanism=OAUTHBEARER --set kafka.enable.sasl.oauthbearer.unsecure.jwt=true
  --set 'kafka.sasl.oauthbearer.config=principal=microflux lifeSeconds=60')
by_scram=(--bootstrap "$(at 24)" "${tls[@]}" --set kafka.sasl.mechanism=SCRAM-SHA-512 "${password[@]}")

says() { # WHAT STATUS PATTERN COMMAND [OPTIONS beside login]
  local what=$1 status=$2 pattern=$3 got; shift 3
  timeout 20 "${program[@]}" "$1" "${login[@]}" "${@:2}" > "$DIR/said" 2>&1; got=$?
  if [ $got = "$status" ] && grep -qE -- "$pattern" "$DIR/said"; then ok "$what"; else
    not_ok "$what: status $got, not $status, or no line like: $pattern"; cat "$DIR/said"
  fi
}

works_by() { # WHAT
  worker "$1"
  check "enough: records in and scores out by $1" soon 40 worked "$1"
  check "$1: and nothing in its log complains of Kafka" [ "$(grep -c ' kafka_' "$DIR/worker.log")" = 0 ]
  says "$1: check --connect agrees" 0 ' 0 missing$' check --connect
  ended
}
if wanted logins; then
  login=("${by_password[@]}"); works_by password
  login=("${by_certificate[@]}"); works_by certificate
  login=("${by_token[@]}"); works_by token
  login=("${by_scram[@]}")
  if "$microflux" check --connect "${login[@]}" > "$DIR/said" 2>&1; then works_by scram; else
    check "SCRAM: check names the cure" grep -q 'before 2.6.1 cannot log in to Kafka 4 by SCRAM' "$DIR/said"
    newer=$(ls "$venv"/lib/python3*/site-packages/confluent_kafka.libs/librdkafka-*.so.1) && mkdir "$DIR/lib" && ln -s "$newer" "$DIR/lib/librdkafka.so.1"
    program=(env LD_LIBRARY_PATH="$DIR/lib" "$microflux")
    works_by scram
    program=("$microflux")
  fi
fi

# ---- each right alone ----
login=("${by_password[@]}")
needed() { # KIND
  kind=$1
  rights of "$kind" > /dev/null
  rights all > /dev/null
  worker "all-$kind"
  check "$kind: enough" soon 60 worked "all-$kind"
  ended
  for ((n = 0; n < $(rights count); n++)); do
    rights but $n > /dev/null
    if [[ $(rights name $n) == *alerts ]]; then # there is none in this test: check knows that there will be
      says "$kind: needed: $(rights name $n)" 1 'FAIL +topic alerts' check --connect
      rights all > /dev/null
      continue
    fi
    worker "without-$kind-$n"
    soon 8 worked "without-$kind-$n"; stopped=$?
    check "$kind: needed: $(rights name $n)" [ $stopped = 1 ]
    rights all > /dev/null
    check "and once it is given, the worker goes on" soon 60 worked "without-$kind-$n"
    ended
  done
  kind=score
  rights of score > /dev/null
  rights all > /dev/null
}
beside() { # KIND [VARIABLE=VALUE…]: while a score worker with every right makes what that one reads
  env "${@:2}" "$microflux" run > "$DIR/beside.log" 2>&1 & maker=$!
  needed "$1"
  kill $maker; wait $maker
}
wanted rights && needed score
if wanted audience; then
  "$microflux" config secret > "$DIR/secret"; chmod 600 "$DIR/secret"
  "$microflux" generate --creators 40 --characters --out "$DIR/train" 2> /dev/null
  "$microflux" train embed "$DIR/train" --out "$DIR/embedding" > /dev/null 2>&1
  beside audience MICROFLUX_PRIVACY_SECRET_FILE="$DIR/secret" MICROFLUX_MODELS_EMBEDDING="$DIR/embedding"
fi
wanted roster && beside roster

# ---- another password, while a worker runs ----
renewed() {
  worker renewed
  soon 40 worked renewed
  printf 'another\n' > "$DIR/password"
  "$root/deploy/kafka.sh" stop "$DIR/kafka" && sed -i 's/user_microflux="right"/user_microflux="another"/' "$DIR/kafka/n1.properties" &&
    "$root/deploy/kafka.sh" start "$DIR/kafka" 1 && "$root/deploy/kafka.sh" wait "$DIR/kafka" 1 90
  table=$(tables)
  check "another password, in the file and at the broker: the worker goes on" soon 60 worked renewed
  check "it was refused once with the old one" grep -q 'kafka.sasl.username or kafka.sasl.password is wrong' "$DIR/worker.log"
  ended
}
wanted renewed && renewed

# ---- the registry ----
stub_up() { { coproc STUB { python3 "$root/tests/registry/stub.py" --auth me:right --tls "$certs/$1.crt" "$certs/$1.key"; }; } 2> /dev/null; read -ru "${STUB[0]}" port; }
registry() {
  stub_up server
  printf 'right\n' > "$DIR/right"; printf 'wrong\n' > "$DIR/wrong"
  login=(--set registry.url="https://127.0.0.1:$port" --set registry.ca_file="$certs/ca.crt" --set registry.username=me --set registry.password_file="$DIR/right")
  worker registry
  check "registry over TLS with a login: records in and scores out" soon 40 worked registry
  check "and they name its schema" grep -q ' output_schema .*id=[1-9]' "$DIR/worker.log"
  ended
  says "check --connect agrees" 0 'registry: knows creator-scores-value by id' check --connect
  says "a wrong password" 1 'registry.username and registry.password_file' check --connect --set registry.password_file="$DIR/wrong"
  says "is no start" 69 'registry_auth' run --set registry.password_file="$DIR/wrong"
  says "a CA that did not sign" 69 'registry: .*certificate' check --connect --set registry.ca_file="$certs/otherca.crt"
  says "is weather: the start waits for the one who mends it" 124 'start_waits|registry_away.*certificate' run --set registry.ca_file="$certs/otherca.crt"
  says "without TLS" 69 'registry: ' check --connect --set registry.url="http://127.0.0.1:$port"
  # shellcheck disable=SC1083,SC2093
  { exec {STUB[1]}>&-; wait "$STUB_PID"; } 2> /dev/null
}
wanted registry && registry
check "no password in any log" [ "$(grep -lE '[^.]password=(right|wrong)|"(right|wrong)"' "$DIR"/*.log "$DIR/said" | wc -l)" = 0 ]
# shellcheck disable=SC1083,SC2093
{ exec {RIGHTS[1]}>&-; wait "$RIGHTS_PID"; } 2> /dev/null # ends with its stdin
summary
