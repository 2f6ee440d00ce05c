"""What no linter knows of the deployment: Helm and Kustomize say the same, and both say what the program says.
usage: deploy_rules.py KAFKA_SCALER.go FOLDER (with kustomize-*.yaml and helm-*.yaml). Ends with "N passed, N failed"."""
import configparser, re, sys
import yaml

scaler, folder = open(sys.argv[1]).read(), sys.argv[2]
passed = failed = 0


def check(what, good, found=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f"FAIL  {what}: {found}")


def text(path):
    return open(path).read()


def number(pattern, path):
    return int(re.search(pattern, text(path), re.M)[1])


def documents(name):
    return {d["kind"]: d for d in yaml.safe_load_all(text(f"{folder}/{name}.yaml")) if d}


def same(value):
    """Without what Kustomize and Helm each add: labels, hashes of the configuration, a namespace."""
    if isinstance(value, dict):
        added = {"app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart", "annotations", "namespace"}
        return {k: same(v) for k, v in value.items() if k not in added}
    if isinstance(value, list):
        return [same(v) for v in value]
    return re.sub(r"^microflux-[0-9a-z]{10}$", "microflux", value) if isinstance(value, str) else value


def differences(a, b, at=""):
    if isinstance(a, dict) and isinstance(b, dict):
        return [d for k in sorted(a.keys() | b.keys()) for d in differences(a.get(k), b.get(k), f"{at}.{k}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [d for i, (x, y) in enumerate(zip(a, b)) for d in differences(x, y, f"{at}[{i}]")]
    return [] if a == b else [f"{at}: {a} is not {b}"]


def settings(config_map):
    parser = configparser.ConfigParser(delimiters="=", interpolation=None)
    parser.read_string("[.]\n" + config_map["data"]["microflux.conf"])
    return {f"{s}.{k}".removeprefix(".."): v for s in parser.sections() for k, v in parser[s].items()}


# ---- Helm and Kustomize ----
for name in "base", "production":
    found = differences(same(documents(f"kustomize-{name}")), same(documents(f"helm-{name}")))
    check(f"Helm and Kustomize say the same, {name}", not found, "\n  ".join(found))
other = documents("helm-other")
names = [d["metadata"]["name"] for d in other.values()] + [
    other["ScaledObject"]["spec"]["scaleTargetRef"]["name"], other["ScaledObject"]["spec"]["triggers"][0]["authenticationRef"]["name"],
    other["Deployment"]["spec"]["template"]["spec"]["volumes"][0]["configMap"]["name"]] + [
    other[kind]["spec"][selector]["matchLabels"]["app.kubernetes.io/instance"]
    for kind, selector in (("Deployment", "selector"), ("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector"), ("PodMonitor", "selector"))]
check("a second release beside the first has all names of its own", set(names) == {"other"}, names)

# ---- each of them and the program ----
version = re.search(r"project\(microflux VERSION ([0-9.]+)", text("CMakeLists.txt"))[1]
defaults = dict(re.findall(r"^\| `([a-z_.]+)` \| `([^`]*)` \|", text("docs/reference/configuration.md"), re.M))
lanes = number(r"lanes are partitions \(default (\d+)\)", "workers/commands/topics.c")
stop_s = (number(r"#define DRAIN_MS\s+(\d+)", "workers/commands/running.c") + number(r"#define CLOSE_MS\s+(\d+)", "workers/kafka/consumer.c")) / 1000

for name in "kustomize-base", "kustomize-trial", "kustomize-production", "helm-base", "helm-production":
    all_of = documents(name)
    pod = all_of["Deployment"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    config = settings(all_of["ConfigMap"])
    value = lambda key: config.get(key, defaults.get(key))
    port = int(value("http.address").rsplit(":")[-1])
    check(f"{name}: the image is of this version", container["image"] == f"microflux:{version}", container["image"])
    check(f"{name}: more time than a worker takes to stop", pod["terminationGracePeriodSeconds"] >= stop_s + 5, stop_s)
    check(f"{name}: no settings from the environment of Services", pod["enableServiceLinks"] is False)
    check(f"{name}: the port of http.address, for all", container["ports"][0]["containerPort"] == port and value("http.address").startswith("0.0.0.0"), port)
    memory = int(container["resources"]["limits"]["memory"].removesuffix("Mi"))
    check(f"{name}: memory for more than memory_mib", memory >= int(value("memory_mib")) * 1.5, memory)
    mounts = tuple(m["mountPath"] + "/" for m in container["volumeMounts"])
    files = [v for k, v in config.items() if re.search(r"(_file|\.location)$", k)] + [container["args"][-1]]
    check(f"{name}: every file it names is in a volume", all(f.startswith(mounts) for f in files), files)
    check(f"{name}: nothing secret in the ConfigMap", not [k for k in config if k.endswith("password") or k.endswith("secret")])
    out = {p["port"] for e in all_of["NetworkPolicy"]["spec"]["egress"] for p in e["ports"]}
    wanted = {int(re.search(r":(\d+)(/|$)", value(k))[1]) for k in ("kafka.bootstrap.servers", "redis.address", "registry.url")}
    check(f"{name}: the NetworkPolicy lets out to where the configuration points, and to DNS", out == wanted | {53}, (out, wanted))
    if name.endswith("production"):
        scale = all_of["ScaledObject"]["spec"]
        trigger = scale["triggers"][0]["metadata"]
        check(f"{name}: KEDA watches our group and input", (trigger["consumerGroup"], trigger["topic"]) == (value("group"), value("topics.interactions")), trigger)
        check(f"{name}: KEDA asks the same brokers", trigger["bootstrapServers"] == value("kafka.bootstrap.servers"), trigger)
        known = set(re.findall(r'TriggerMetadata\["(\w+)"\]', scaler)) | {"lagThreshold", "activationLagThreshold"}
        check(f"{name}: KEDA knows each setting of the trigger", trigger.keys() <= known, trigger.keys() - known)
        check(f"{name}: at most a worker a lane", scale["maxReplicaCount"] == lanes, scale["maxReplicaCount"])
        check(f"{name}: KEDA alone says how many", "replicas" not in all_of["Deployment"]["spec"])
        check(f"{name}: the alerts' job", all_of["PodMonitor"]["spec"]["jobLabel"] == "app.kubernetes.io/name" and
              all_of["Deployment"]["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] == "microflux")
        keys = {a["key"] for a in all_of["TriggerAuthentication"]["spec"]["secretTargetRef"]}
        check(f"{name}: KEDA takes the worker's own files of the Secret", {f"/run/secrets/microflux/{k}" for k in keys} <= set(config.values()), keys)

# ---- the image and compose.yaml ----
containerfile, compose = text("deploy/container/Containerfile"), yaml.safe_load(text("deploy/compose.yaml"))["services"]
ours = {k: s for k, s in compose.items() if s["image"].startswith("microflux:")}
check("the image says this version", f'image.version="{version}"' in containerfile)
check("the chart is of this version", (lambda c: c["version"] == c["appVersion"] == version)(yaml.safe_load(text("deploy/helm/microflux/Chart.yaml"))))
check("compose.yaml takes the image of this version", {s["image"] for s in ours.values()} == {f"microflux:{version}"})
check("compose.yaml: all of ours read-only and without rights", all(s["read_only"] and s["cap_drop"] == ["ALL"] for s in ours.values()))
check("compose.yaml: two workers, with time to stop", compose["worker"]["deploy"]["replicas"] == 2 and
      int(compose["worker"]["stop_grace_period"].rstrip("s")) >= stop_s + 5)
exposed = number(r"^EXPOSE (\d+)$", "deploy/container/Containerfile")
check("Prometheus scrapes the port of the image", f"port: {exposed}\n" in text("deploy/prometheus/prometheus.yaml") and
      f"MICROFLUX_HTTP_ADDRESS=0.0.0.0:{exposed}\n" in containerfile)
release = dict(re.findall(r"--set keda\.(group|topic)=(\S+)", text("docs/operations/deploy.md")))
check("docs/operations/deploy.md: the release of the roster has its group and input", release == {
    "group": defaults["roster.group"], "topic": defaults["topics.fit_scores"]}, release)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
