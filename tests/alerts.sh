#!/usr/bin/env bash
# The alert rules: each fires on what it is for and is silent on a good day, leads to a section of the runbooks, and asks for metrics that
# exist; so do the dashboards. (That /metrics really shows the metrics of the reference page: tests/e2e/metrics.sh.)
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:${MICROFLUX_CACHE:-$HOME/.cache/microflux}
rules=deploy/prometheus/rules.yaml tests=deploy/prometheus/rules_test.yaml passed=0 failed=0
check() { local what=$1; shift; if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL  $what"; fi; }
names() { grep -ohE '\b(microflux|process)_[a-z_]+' "$@" | sed -E 's/_(bucket|count|sum)$//' | sort -u; }
quiet() { local out; out=$("$@" 2>&1) || { echo "$out"; return 1; }; }

check 'promtool check rules' quiet promtool check rules $rules
check 'promtool test rules' quiet promtool test rules $tests
for alert in $(sed -n 's/.*- alert: //p' $rules); do
  check "$alert has a runbook section" grep -qx "## $alert" docs/operations/runbooks.md
  check "$alert links to it" grep -q "runbooks.md#${alert,,}$" $rules
  check "$alert is seen firing" grep -q "name: $alert fires" $tests
  check "$alert is seen silent" grep -qE "eval_time: [0-9]+m, alertname: $alert\}" $tests
done
check 'every metric asked for is in the reference page' \
  [ -z "$(comm -23 <(names $rules deploy/grafana/*.json) <(names docs/reference/metrics.md) | tee /dev/stderr)" ]
queries() { # BOARD: each query as a recording rule, for promtool to parse
  python3 - "$1" << 'P'
import json, sys
rules = [{"record": f"q:{p['id']}:{t['refId']}", "expr": t["expr"].replace("$__rate_interval", "5m").replace("$job", "microflux")}
         for p in json.load(open(sys.argv[1]))["panels"] for t in p.get("targets", [])]
print(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
P
}
planted=$(mktemp)
for board in deploy/grafana/*.json; do
  queries "$board" > "$planted"
  check "$board: promtool reads every query" quiet promtool check rules "$planted"
  check "$board: groups by labels that the metric has" python3 - "$board" << 'P'
import json, re, sys
page = open("docs/reference/metrics.md").read()
labels = {name: set(of.split(", ")) for name, of in re.findall(r"^\| `(\w+)` \| \w+ \| ([^|]*) \|", page, re.M)}
for p in json.load(open(sys.argv[1]))["panels"]:
    for t in p.get("targets", []):
        asked = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", t["expr"]) + re.findall(r"{{([^}]*)}}", t["legendFormat"]))))
        names = [re.sub("_(bucket|sum|count)$", "", n) for n in re.findall(r"\b(?:microflux|process)_\w+", t["expr"])]
        assert asked <= {"job", "instance", "le"}.union(*(labels[n] for n in names)), (p["title"], asked)
P
  check "$board: a dashboard with its data source as a variable, and no panel without a query" python3 - "$board" << 'P'
import json, sys
board = json.load(open(sys.argv[1]))
panels = [p for p in board["panels"] if p["type"] != "row"]
assert board["uid"] and board["title"] and panels
assert any(v["type"] == "datasource" for v in board["templating"]["list"])
assert len({p["id"] for p in board["panels"]}) == len(board["panels"])
for p in panels:
    assert p["title"] and p["datasource"]["uid"] == "$datasource" and all(t["expr"] for t in p["targets"]), p
P
done
sed 's/> 120$/> 1200/' $rules > "$planted"
sed "s#rules.yaml#$planted#" $tests > "$planted.test"
check 'a wrong threshold is found' bash -c "! promtool test rules '$planted.test' > /dev/null 2>&1"
rm -f "$planted" "$planted.test"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
