#!/usr/bin/env bash
# The image, without a container engine: the very lines of deploy/container/Containerfile in a debootstrap tree, then what they left, read-only,
# as the image's user without rights: the binary alone, a worker on a real Kafka and a real Redis, its health, its words in French; no shell.
# As root. Ends with "N passed, N failed".
set -uo pipefail
source "$(dirname "$0")/e2e/stack.sh"
source "$root/tests/tree.sh"
made=$(mktemp -d) image=$(mktemp -d)
leave() { stack_down; umount -l "$image/proc" "$image" 2> /dev/null; tree_down; rm -rf --one-file-system "$made" "$image"; }
stack_folder
trap leave EXIT
cd "$root" || exit 1
eval "$(tests/deploy_tools.sh)" || exit 1

stages() { python3 tests/container_stages.py deploy/container/Containerfile . "$tree" "$made" > "$DIR/process" 2> "$DIR/stages" || { tail -20 "$DIR/stages"; return 1; }; }
of() { python3 -c 'import json, sys; v = json.load(open(sys.argv[1]))[sys.argv[2]]; print("\n".join([f"{k}={w}" for k, w in v.items()] if isinstance(v, dict) else v if isinstance(v, list) else [v]))' "$DIR/process" "$1"; } # WORD of the Containerfile
started() { # as a runtime starts it: the image's user, no rights, its environment and the deployment's
  inside=(env -i "${environment[@]}" setpriv --no-new-privs "$(command -v chroot)" --userspec="$user" --groups= "$image")
}
silent() { "$@" > /dev/null 2>&1; }
sound() { [ $failed = 0 ] || { summary; exit 1; }; } # or the rest says nothing
fails() { ! silent "$@"; }
within() { local end=$((SECONDS + $1)); shift; until silent "$@"; do [ $SECONDS -lt $end ] || return 1; sleep 0.2; done; }

check 'a fresh Debian' tree_up bookworm
check 'the stages of the Containerfile' stages
sound
du -sh "$made" | sed 's/\t.*/ in all/'
mkdir "$made/proc" # which a runtime brings
mount --bind "$made" "$image" && mount -o remount,ro,bind "$image" && mount -t proc proc "$image/proc" || exit 1
user=$(of USER)
mapfile -t environment < <(of env)
mapfile -t entry < <(of ENTRYPOINT)
mapfile -t command < <(of CMD)
mapfile -t health < <(of HEALTHCHECK)
started

# ---- what is in it ----
check 'the binary runs' [ "$("${inside[@]}" "${entry[@]}" --version)" = "microflux $(sed -nE 's/^project\(microflux VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)" ]
sound
check 'not as root' [ "${user%:*}" -gt 0 ]
programs() { find "$made" -type f -perm /111 ! -name '*.so*' | sed "s#^$made##"; }
check "the binary is the only program: $(programs | tr '\n' ' ')" [ "$(programs)" = "${entry[0]}" ]
check 'no shell' [ "$("${inside[@]}" /bin/sh -c true 2> /dev/null; echo $?)" = 127 ]
check 'nothing that user may write' [ -z "$(find "$made" ! -type l \( -perm /6000 -o -perm /o+w -o -uid "${user%:*}" -o -gid "${user#*:}" \) ! -path "$made/proc")" ]
check 'read-only' fails touch "$image/x"
sbom=$made/usr/share/doc/microflux/sbom.spdx.json
check 'the SBOM is valid SPDX' silent pyspdxtools -i "$sbom"
check 'each library has its package in the SBOM, with version and licence' python3 - "$sbom" "$made" "$tree" << 'P'
import json, os, subprocess, sys
sbom, made, tree = json.load(open(sys.argv[1])), *sys.argv[2:]
said = lambda *command: subprocess.run(["chroot", tree, *command], capture_output=True, text=True).stdout
named = {p["name"]: p["versionInfo"] for p in sbom["packages"]}
for folder, _, files in os.walk(made + "/usr/lib"):
    for file in files:
        if file == "cert.pem":
            continue
        path = os.path.join(folder, file)[len(made):]
        paths = path, path.removeprefix("/usr"), said("readlink", "-f", path).strip()
        owner = next(filter(None, (said("dpkg", "-S", p) for p in paths))).split(":")[0]
        version = said("dpkg-query", "-Wf", "${Version}", owner)
        assert named.get(owner) == version, (path, owner, version)
        assert os.path.exists(f"{made}/usr/share/doc/{owner}/copyright"), owner
P
check 'the authorities that OpenSSL trusts are there' grep -q 'BEGIN CERTIFICATE' "$made/$(readlink "$made/usr/lib/ssl/cert.pem")"

# ---- a worker ----
stack_up || exit 1
environment+=("MICROFLUX_KAFKA_BOOTSTRAP_SERVERS=$MICROFLUX_KAFKA_BOOTSTRAP_SERVERS" "MICROFLUX_REDIS_ADDRESS=$MICROFLUX_REDIS_ADDRESS"
  "MICROFLUX_HTTP_ADDRESS=0.0.0.0:$((base + 35))")
started
healthy() { "${inside[@]}" "${health[@]}" "$@" > "$DIR/health"; }
nobody() { ! healthy && grep -q '^no answer: ' "$DIR/health"; }
check 'nobody is healthy before there is a worker' nobody
"${inside[@]}" "${entry[@]}" topics create --partitions 2 --replay > /dev/null || not_ok 'topics create'
"${inside[@]}" "${entry[@]}" "${command[@]}" 2> "$DIR/worker.log" & worker=$!
check "its HEALTHCHECK is well: $(within 20 healthy; cat "$DIR/health")" healthy
check 'and it is ready' within 20 healthy --ready
check 'it has the user, no capability and no way to one' \
  [ "$(awk '/^(Uid|NoNewPrivs|CapEff):/ { printf "%s ", $2 }' /proc/$worker/status)" = "${user%:*} 0000000000000000 1 " ]
now=$(date +%s%3N)
printf '%s\n' '{"topic":"profiles","timestamp":'"$now"',"value":{"creator_id":"anna","platform":"TIKTOK","observed_at":'"$now"',"followers":54321}}' \
  '{"topic":"interactions","timestamp":'"$now"',"value":{"creator_id":"anna","kind":"LIKE","count":7,"occurred_at":'"$now"'}}' | "${inside[@]}" "${entry[@]}" produce - 2> /dev/null
scored() { "${inside[@]}" "${entry[@]}" tail creator-scores --until-end --format json | grep -q '"creator_id": *"anna"'; }
check 'it scores' within 20 scored
check 'it speaks French' grep -q 'abonnés' <("${inside[@]}" "${entry[@]}" explain anna --language fr)
redis-cli -p "$REDIS_PORT" shutdown > /dev/null 2>&1
unready() { ! healthy --ready && grep -q 'waits for Redis' "$DIR/health"; }
check "not ready while Redis is away: $(within 15 unready; cat "$DIR/health")" unready
check 'but live' healthy
redis_up
check 'ready again' within 20 healthy --ready
kill "$worker"; wait "$worker"; check 'SIGTERM ends it cleanly' [ $? = 0 ]
check 'and nobody is healthy' nobody
summary
