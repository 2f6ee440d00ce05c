#!/usr/bin/env bash
# From a fresh Debian 12 to scores: the package built in one tree, installed by apt in another, its unit under a systemd that is the first process
# of that tree, on a broker with TLS and SASL, a Redis with TLS, a client certificate and the rights of docs/operations/security.md, a registry with
# TLS and a login. As root. Real: every line of the unit that a container can have (user, rights, namespaces, system calls, watchdog, restarts).
# Not: a boot of a machine, the control groups' limits, a network of its own. Ends with "N passed, N failed".
set -uo pipefail
source "$(dirname "$0")/e2e/stack.sh"
source "$root/tests/tree.sh"
init='' dead='' group=$(findmnt -nt cgroup2 -o TARGET | head -1)/microflux-$$
leave() {
  [ -z "$init" ] || kill -9 "$init" 2> /dev/null # and with it all that it started
  [ -z "$dead" ] || kill -9 "$dead" 2> /dev/null
  stack_down; tree_down
  find "$group" -depth -type d -exec rmdir {} + 2> /dev/null
}
stack_folder
trap leave EXIT
certs=$DIR/certs
port() { echo $((base + $1)); }

silent() { "$@" > "$DIR/said" 2>&1; }
says() { local pattern=$1; shift; "$@" > "$DIR/said" 2>&1; grep -qE -- "$pattern" "$DIR/said"; }
within() { local end=$((SECONDS + $1)); shift; until silent "$@"; do [ $SECONDS -lt $end ] || return 1; sleep 0.3; done; }
sound() { [ $failed = 0 ] || { cat "$DIR/said"; summary; exit 1; }; } # or the rest says nothing
inside() { chroot "$tree" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
install() { inside apt-get update -q && inside apt-get install -y -q --no-install-recommends "$@"; }

# ---- the package ----
build_package() {
  git clone -q "$root" "$tree/root/microflux" && mkdir "$tree/root/out" &&
    inside sh -c 'cd /root/microflux && deploy/deb.sh /root/out' && cp "$tree"/root/out/*.deb "$DIR/microflux.deb"
}
check 'a fresh Debian to build in' silent tree_up bookworm; sound
check 'deploy/deb.sh makes the package there' silent build_package; sound
tree_down
check 'a fresh Debian to live in' silent tree_up bookworm; sound
cp "$DIR/microflux.deb" "$tree/root/"
check 'apt installs it with all that it needs, and a systemd' silent install systemd /root/microflux.deb; sound
check 'no compiler, no -dev package came with it' [ -z "$(inside dpkg-query -Wf '${Package}\n' | grep -E -- '-dev$|^gcc(-[0-9]+)?$')" ]
check "systemd-analyze verify has nothing to say $(inside systemd-analyze verify --man=no /lib/systemd/system/microflux@1.service > "$DIR/said" 2>&1; cat "$DIR/said")" [ ! -s "$DIR/said" ]
exposure=$(inside systemd-analyze security --offline=true /lib/systemd/system/microflux@.service | sed -nE 's/.*level for .*: ([0-9.]+).*/\1/p')
check "systemd-analyze security: $exposure, at most 2.0" awk "BEGIN { exit !($exposure <= 2.0) }"

# ---- what it works with: on this machine, as if they were others ----
secure() {
  local listeners; listeners=PLAINTEXT://127.0.0.1:$(port 1),SASL_SSL://127.0.0.1:$(port 21)
  cat <<P
listeners=$listeners,CONTROLLER://127.0.0.1:$(port 11)
advertised.listeners=$listeners
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
ssl.keystore.type=PEM
ssl.keystore.location=$certs/server.pem
listener.name.sasl_ssl.sasl.enabled.mechanisms=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_microflux="of kafka";
P
}
redis_with_rights() { # the two lines of the page, taken as they stand
  redis-server --port 0 --tls-port "$(port 31)" --bind 127.0.0.1 --dir "$DIR" --daemonize yes --pidfile "$DIR/redis.pid" --logfile "$DIR/redis.log" \
    --appendonly yes --save '' --tls-ca-cert-file "$certs/ca.crt" --tls-cert-file "$certs/server.crt" --tls-key-file "$certs/server.key" > /dev/null
  local cli=(redis-cli -p "$(port 31)" --tls --cacert "$certs/ca.crt" --cert "$certs/worker.crt" --key "$certs/worker.key")
  within 20 "${cli[@]}" ping
  sed -n '/^ACL SETUSER /s/>PASSWORD/>redis-secret/p' "$root/docs/operations/security.md" | "${cli[@]}" > /dev/null
}
"$root/tests/certs.sh" "$certs" || exit 1
secure > "$DIR/secure"
EXTRA=$DIR/secure XMX=384m "$root/deploy/kafka.sh" up "$DIR/kafka" "$base" 1 || exit 1
redis_with_rights
{ coproc REGISTRY { python3 "$root/tests/registry/stub.py" --auth me:of-registry --tls "$certs/server.crt" "$certs/server.key"; }; } 2> /dev/null
read -ru "${REGISTRY[0]}" registry

# ---- its settings, as an administrator writes them ----
etc=$tree/etc/microflux
cp "$certs/ca.crt" "$certs/worker.crt" "$certs/worker.key" "$etc/"
echo 'of kafka' > "$etc/kafka.password"; echo redis-secret > "$etc/redis.password"; echo of-registry > "$etc/registry.password"
inside sh -c 'microflux config secret > /etc/microflux/privacy.secret'
cat > "$etc/microflux.conf" <<C
[kafka]
bootstrap.servers = 127.0.0.1:$(port 21)
security.protocol = SASL_SSL
ssl.ca.location = /etc/microflux/ca.crt
sasl.mechanism = PLAIN
sasl.username = microflux
sasl.password.file = /etc/microflux/kafka.password
[redis]
address = 127.0.0.1:$(port 31)
tls = yes
tls.ca_file = /etc/microflux/ca.crt
tls.cert_file = /etc/microflux/worker.crt
tls.key_file = /etc/microflux/worker.key
username = microflux
password_file = /etc/microflux/redis.password
[registry]
url = https://127.0.0.1:$registry
ca_file = /etc/microflux/ca.crt
username = me
password_file = /etc/microflux/registry.password
[privacy]
secret_file = /etc/microflux/privacy.secret
C
inside sh -c 'chgrp microflux /etc/microflux/* && chmod 0640 /etc/microflux/*'
echo "MICROFLUX_HTTP_ADDRESS=127.0.0.1:$(port 35)" > "$etc/1.env"
mkdir -p "$tree/etc/systemd/system/microflux@.service.d" # the unit's own minute is long for a test
printf '[Service]\nWatchdogSec=6\nTimeoutStopSec=15\n' > "$tree/etc/systemd/system/microflux@.service.d/sooner.conf"

# ---- a systemd: the first process of namespaces of its own, with what a container may do ----
cat > "$DIR/boot" <<'B'
set -e
for m in dev sys proc; do umount -R "$1/$m"; done
mount --bind "$1" "$1"; cd "$1"
mount -t proc proc proc; mount --bind proc/sys proc/sys; mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys; mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run; mount -t tmpfs -o mode=755 tmpfs dev; mkdir dev/pts dev/shm
for device in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "dev/${device%:*}" c 1 "${device#*:}"; done
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts; ln -s pts/ptmx dev/ptmx
pivot_root . .; umount -l .
exec env -i container=namespaces setpriv --bounding-set -sys_module,-sys_time,-sys_boot,-sys_rawio,-syslog,-net_admin /lib/systemd/systemd --unit=basic.target
B
boot() {
  mkdir -p "$group"
  (echo $BASHPID > "$group/cgroup.procs"; exec unshare --fork --kill-child --pid --mount --uts --ipc --cgroup bash "$DIR/boot" "$tree") > "$DIR/boot.log" 2>&1 &
  dead=$!
  for _ in $(seq 50); do init=$(pgrep -P $dead) && break; sleep 0.1; done
}
machine() { nsenter -t "$init" -m -p -u -i -C env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }
shown() { machine systemctl show -P "$1" microflux@1; } # PROPERTY
logged() { machine journalctl -q -o cat -u microflux@1 | grep -qE -- "$1"; }
is() { [ "$(shown "$1")" = "$2" ]; }
boot
check 'systemd runs' within 60 machine systemctl is-active basic.target; sound

# ---- the service ----
flux() { machine microflux "$@" --config /etc/microflux/microflux.conf; }
check 'topics create, over TLS with the login' silent flux topics create --partitions 2 --replay
check 'check --connect: nothing is missing' says ' 0 missing$' flux check --connect; sound
check 'systemctl enable --now microflux@1: it says READY=1' silent machine systemctl enable --now microflux@1
is ActiveState active || { machine journalctl -q -o cat -u microflux@1 | tail -20 > "$DIR/said"; not_ok 'it is active'; sound; }
status() { awk -v word="$1:" '$1 == word { print $2 }' "$(pgrep -P "$init" -x microflux | sed 's#.*#/proc/&/status#')"; } # WORD
check "a user of systemd's making ($(status Uid))" [ "$(status Uid)" -ge 61184 ]
check 'no right, no way to one, its system calls filtered' [ "$(status CapEff) $(status CapBnd) $(status NoNewPrivs) $(status Seccomp)" = '0000000000000000 0000000000000000 1 2' ]
view() { nsenter -t "$(pgrep -P "$init" -x microflux)" -m "$@"; }
check 'what it sees is read-only, and has no home' [ "$(view sh -c '! touch /usr/x /etc/microflux/x 2> /dev/null && ls /root 2>&1 | wc -l')" = 0 ]
check "it is well: $(within 60 flux health --ready --set http.address=127.0.0.1:"$(port 35)"; cat "$DIR/said")" grep -q ready "$DIR/said"
events() { # CREATOR LIKES
  local now; now=$(date +%s%3N)
  printf '{"topic":"profiles","timestamp":%s,"value":{"creator_id":"%s","platform":"TIKTOK","observed_at":%s,"followers":54321}}\n' "$now" "$1" "$now"
  printf '{"topic":"interactions","timestamp":%s,"value":{"creator_id":"%s","kind":"LIKE","count":%s,"occurred_at":%s}}\n' "$now" "$1" "$2" "$now"
}
scored() { flux tail creator-scores --until-end --format json | grep "\"creator_id\":\"$1\"" | grep -q "\"likes\":$2\b"; } # CREATOR LIKES
events anna 7 | flux produce - > /dev/null 2>&1
check 'events in, scores out, by tail over the same TLS' within 60 scored anna 7
check 'it explains them' says '54,?321' flux explain anna
heard=$(shown WatchdogTimestampMonotonic)
later() { [ "$(shown WatchdogTimestampMonotonic)" -gt "$heard" ]; }
check 'systemd hears WATCHDOG=1 again and again' within 20 later
pid=$(shown MainPID)
check 'systemctl reload' silent machine systemctl reload microflux@1
check 'is taken, by the same process' within 20 logged ' reloaded '
check 'the same process' is MainPID "$pid"

# ---- what goes wrong ----
machine kill -9 "$pid"
again() { is ActiveState active && is NRestarts "$1"; }
check 'killed: there again' within 60 again 1
events bert 3 | flux produce - > /dev/null 2>&1
check 'and it scores' within 60 scored bert 3
machine kill -STOP "$(shown MainPID)"
check 'hung: the watchdog ends it, and it is there again' within 120 again 2
events anna 1 | flux produce - > /dev/null 2>&1
check 'and nothing was forgotten' within 60 scored anna 8
check 'systemctl stop: a clean end' silent machine systemctl stop microflux@1
check 'said so' logged ' stopped clean=1'
check 'and seen so' [ "$(shown Result) $(shown ExecMainStatus) $(shown ActiveState)" = 'success 0 inactive' ]
sed -i 's/^username = me$/user_name = me/' "$etc/microflux.conf"
silent machine systemctl start microflux@1
check 'a wrong key: no start, and the log names it' logged 'registry.user_name'
sleep 8 # RestartSec and more
check 'nor is it tried again and again' [ "$(shown ActiveState) $(shown NRestarts)" = 'failed 0' ]
sed -i 's/^user_name = me$/username = me/' "$etc/microflux.conf"
check 'mended: it starts' silent machine systemctl start microflux@1
check 'none of its secrets is in the log' [ "$(machine journalctl -q -o cat | grep -cE 'of kafka|redis-secret|of-registry')" = 0 ]

# ---- upgrade and removal ----
check 'the package again: the settings stay' silent machine dpkg -i --force-confold /root/microflux.deb
check 'as they were' grep -q 'SASL_SSL' "$etc/microflux.conf"
check 'apt purges it' silent machine apt-get purge -y -q microflux
check 'and its service is gone' [ "$(shown ActiveState) $(machine microflux --version 2>&1 | grep -c '^microflux')" = 'inactive 0' ]
check 'what the administrator put beside the settings is still there' [ -f "$etc/ca.crt" ]
summary
