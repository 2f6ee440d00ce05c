#!/usr/bin/env bash
# What deploys microflux is sound: each file passes its own linter, names only settings that exist, and says what the program and the other
# files say (tests/deploy_rules.py). Planted mistakes are found. Needs build/microflux. Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
cache=${MICROFLUX_CACHE:-$HOME/.cache/microflux} passed=0 failed=0
eval "$(tests/deploy_tools.sh)" || exit 1
PATH=$PATH:$cache # promtool
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
check() { local what=$1; shift; if "$@" > "$dir/said" 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL  $what"; cat "$dir/said"; fi; }
found() { ! "$@"; }
chart=deploy/helm/microflux overlays=deploy/kubernetes/overlays

yaml() {
  yamllint -s -d '{extends: default, rules: {line-length: {max: 145}, document-start: disable, comments-indentation: disable, indentation: {indent-sequences: consistent}}}' "$@"
}
conform() { # VERSION FILE...
  kubeconform -strict -schema-location "$SCHEMAS/$1/{{ .ResourceKind }}{{ .KindSuffix }}.json" \
    -schema-location "$SCHEMAS/{{ .ResourceKind }}{{ .KindSuffix }}.json" "${@:2}"
}
compose() { python - "$1" "$SCHEMAS/compose-spec.json" <<< 'import json, sys, yaml, jsonschema; jsonschema.validate(yaml.safe_load(open(sys.argv[1])), json.load(open(sys.argv[2])))'; }
settings() { # FILE: a worker would start with it; what it names in the Secret is there
  sed "s#/run/secrets/microflux#$dir/secrets#" "$1" > "$dir/settings" && build/microflux check --config "$dir/settings"
}
environment() { # COMMAND...: with all that compose.yaml and the image put into it
  python -c 'import yaml; [print(f"{k}={v}") for s in yaml.safe_load(open("deploy/compose.yaml"))["services"].values() for k, v in s.get("environment", {}).items() if k.startswith("MICROFLUX_")]' |
    cat - <(sed -n 's/^ENV //p' deploy/container/Containerfile) | xargs sh -c 'env "$@" build/microflux check' -
}
commands() { # each that compose.yaml gives to the image, and each option of it
  python -c 'import yaml; [print(s["command"][0], *[w for w in s["command"] if w.startswith("--")]) for s in yaml.safe_load(open("deploy/compose.yaml"))["services"].values() if s["image"].startswith("microflux:") and "command" in s]' |
    while read -r command options; do
      for option in $options --help; do
        build/microflux "$command" --list-options | cut -f 2 | grep -qxe "$option" || { echo "microflux $command $option: there is no such thing"; return 1; }
      done
    done
}
kafka_settings() { # what the broker of compose.yaml is told, to Kafka's own reader
  python -c 'import yaml; [print(k[6:].lower().replace("_", ".") + "=" + v) for k, v in yaml.safe_load(open("deploy/compose.yaml"))["services"]["kafka"]["environment"].items()]' |
    sed "s#^log.dirs=.*#log.dirs=$dir/kafka#" > "$dir/kafka.properties"
  deploy/kafka.sh tool kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg -c "$dir/kafka.properties"
}

# ---- the image and the trial on one machine ----
check 'hadolint' hadolint deploy/container/Containerfile
check 'yamllint' yaml deploy/compose.yaml deploy/kubernetes deploy/grafana deploy/prometheus/{rules,prometheus}.yaml $chart/{Chart,values,production}.yaml
check 'compose.yaml is a compose file' compose deploy/compose.yaml
check 'compose.yaml: a worker would start with its environment, and with that of the image' environment
check 'compose.yaml: every command and option is one' commands
check 'compose.yaml: the broker understands its settings' kafka_settings
check 'promtool check config' promtool check config deploy/prometheus/prometheus.yaml

# ---- Kubernetes ----
mkdir "$dir/secrets"
tests/certs.sh "$dir/certs" > /dev/null 2>&1
cp "$dir/certs/ca.crt" "$dir/secrets/ca.crt"; cp "$dir/certs/worker.crt" "$dir/secrets/kafka.crt"; cp "$dir/certs/worker.key" "$dir/secrets/kafka.key"
echo password | tee "$dir/secrets/redis.password" > "$dir/secrets/registry.password"
build/microflux config secret > "$dir/secrets/privacy.secret"
for settings in deploy/kubernetes/base/microflux.conf $overlays/*/microflux.conf; do check "a worker would start with $settings" settings "$settings"; done
check 'kustomize build base' kustomize build deploy/kubernetes/base -o "$dir/kustomize-base.yaml"
for overlay in trial production; do check "kustomize build $overlay" kustomize build $overlays/$overlay -o "$dir/kustomize-$overlay.yaml"; done
check 'helm lint' helm lint --strict --quiet $chart
check 'helm lint, production' helm lint --strict --quiet $chart -f $chart/production.yaml
rendered() { helm template "$1" $chart --kube-version 1.37 --namespace microflux "${@:2}"; } # RELEASE [OPTIONS]
rendered microflux > "$dir/helm-base.yaml"
rendered microflux -f $chart/production.yaml > "$dir/helm-production.yaml"
rendered other -f $chart/production.yaml > "$dir/helm-other.yaml"
for file in "$dir"/{kustomize,helm}-*.yaml; do
  check "yamllint $(basename "$file")" yaml "$file"
  for version in v1.27 v1.37; do check "kubeconform $version $(basename "$file")" conform $version "$file"; done
done
check 'helm package' helm package -d "$dir" $chart

# ---- what no linter knows ----
python tests/deploy_rules.py "$SCHEMAS/kafka_scaler.go" "$dir" > "$dir/rules" 2>&1 || cat "$dir/rules"
read -r p f < <(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$dir/rules")
passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))

# ---- planted mistakes ----
planted() { sed -E "$1" "$2" > "$dir/planted.yaml"; cmp -s "$2" "$dir/planted.yaml" && echo "nothing planted: $1"; true; } # EXPRESSION FILE
planted 's/readinessProbe/readynessProbe/' "$dir/kustomize-production.yaml"
check 'kubeconform finds a field that is not there' found conform v1.37 "$dir/planted.yaml"
planted 's/maxReplicaCount: 8/maxReplicaCount: eight/' "$dir/helm-production.yaml"
check "kubeconform finds a word where KEDA's own schema wants a number" found conform v1.37 "$dir/planted.yaml"
planted 's/memory_mib/memory_mb/' deploy/kubernetes/base/microflux.conf
check 'a key that is not there is found' found settings "$dir/planted.yaml"
planted 's/^security.protocol/security.protocoll/' $overlays/production/microflux.conf
check "a key that is none of librdkafka's is found" found settings "$dir/planted.yaml"
planted 's/healthcheck:/healthchek:/' deploy/compose.yaml
check "the compose schema finds a field that is not there" found compose "$dir/planted.yaml"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
