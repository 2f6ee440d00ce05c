"""alert_drill: each alert of deploy/prometheus/rules.yaml is provoked on real workers, seen firing by a real Prometheus that reads their real
/metrics, while the others are silent, and seen silent again once mended. Ends with "N passed, N failed".

    alert_drill.py [ALERT…]      environment: DIR, REDIS_PORT, MICROFLUX (run.sh), FACTOR: so many times faster than shipped (60)

Time runs faster for the rules only: every duration in them, and every constant that is a number of seconds, is divided by FACTOR."""
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request

from confluent_kafka import Consumer, Producer

from checks import Checks
from stack import ROOT, Stack, until
from traffic import DAY

FACTOR, LANES = int(os.environ.get("FACTOR", "60")), 8
RULES = (ROOT / "deploy/prometheus/rules.yaml").read_text()
ALERTS = re.findall(r"- alert: (\w+)", RULES)
PATIENCE = 200


def faster(rules):
    """The rules with FACTOR times shorter times. What is at least 100 and no duration is a number of seconds there."""
    def short(found):
        return f"{int(found[1]) * {'s': 1000, 'm': 60000, 'h': 3600000}[found[2]] // FACTOR}ms"
    rules = re.sub(r"(?<=for: )(\d+)([smh])", short, re.sub(r"(?<=\[)(\d+)([smh])(?=\])", short, rules))
    return re.sub(r"(?<![\w.])(\d{3,})\b(?!ms)", lambda found: f"{int(found[1]) / FACTOR:g}", rules)


class Prometheus:
    """A real one, of two workers."""

    def __init__(self, folder, port, targets):
        self.url = f"http://127.0.0.1:{port}/api/v1/"
        (folder / "rules.yaml").write_text(faster(RULES))
        (folder / "prometheus.yaml").write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "500ms"}, "rule_files": ["rules.yaml"],
            "scrape_configs": [{"job_name": "microflux", "static_configs": [{"targets": targets}]}]}))
        with open(folder / "prometheus.log", "wb") as log:
            self.process = subprocess.Popen(["prometheus", f"--config.file={folder}/prometheus.yaml", f"--storage.tsdb.path={folder}/tsdb",
                                             f"--web.listen-address=127.0.0.1:{port}", "--query.lookback-delta=5s"], stderr=log)

    def get(self, what):
        try:
            return json.load(urllib.request.urlopen(self.url + what, timeout=5))["data"]
        except OSError:
            return None

    def firing(self):
        return {a["labels"]["alertname"] for a in (self.get("alerts") or {"alerts": []})["alerts"] if a["state"] == "firing"}

    def value(self, query):
        found = self.get("query?query=" + urllib.request.quote(query))
        return sum(float(r["value"][1]) for r in found["result"]) if found else -1


class Traffic:
    """Likes at a rate; some late, some of creators never seen before."""

    def __init__(self, stack):
        self.rate, self.late, self.new, self.going = 60, 0.0, False, True
        self.produce = stack.command("produce", "--timestamps", "event", "-", log="produce.log", stdin=subprocess.PIPE, text=True)
        self.raw = Producer({"bootstrap.servers": stack.bootstrap, "linger.ms": 5})
        threading.Thread(target=self._feed, daemon=True).start()

    def _feed(self):
        n, due = 0, time.monotonic()
        while self.going:
            for _ in range(max(1, self.rate // 20)):
                n, now = n + 1, int(time.time() * 1000)
                at = now - 100 * DAY if n % 100 < 100 * self.late else now
                value = {"creator_id": f"creator-{n if self.new else n % 40}", "kind": "LIKE", "count": 1, "occurred_at": at}
                self.produce.stdin.write(json.dumps({"topic": "interactions", "timestamp": now, "value": value}) + "\n")
            self.produce.stdin.flush()
            due = max(due + 0.05, time.monotonic() - 1)
            time.sleep(max(0, due - time.monotonic()))

    def send(self, value):
        """Bytes as they are."""
        self.raw.produce("interactions", value, "creator-1")
        self.raw.flush(10)


class Drill:
    """The stack, and what is done to it: a method an alert, which breaks and gives back what mends it, or yields while it goes on breaking."""

    def __init__(self):
        self.stack = stack = Stack(1, 2)
        stack.output("topics", "create", "--partitions", str(LANES))
        self.registry = subprocess.Popen([sys.executable, ROOT / "tests/registry/stub.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True, bufsize=1)
        url, base = f"http://127.0.0.1:{self.registry.stdout.readline().strip()}", stack.redis_port - 31
        for w in stack.names:
            stack.settings[w] = [f"registry.url={url}", f"http.address=127.0.0.1:{base + 34 + w}", "memory_mib=512"]
            stack.start_worker(w)
        self.prometheus = Prometheus(stack.dir, base + 38, [f"127.0.0.1:{base + 34 + w}" for w in stack.names])
        self.traffic = Traffic(stack)

    def say(self, line):
        self.registry.stdin.write(line + "\n")
        return self.registry.stdout.readline()

    def well(self):
        return (self.prometheus.value("sum(microflux_lane_state{state='reading'})") == LANES and self.prometheus.value("sum(up)") == 2
                and not self.prometheus.firing())

    def restart(self):
        for w in self.stack.names:
            self.stack.stop_worker(w)
            self.stack.start_worker(w)

    def member(self, strategy):
        """Somebody else's consumer in the workers' group."""
        member = Consumer({"bootstrap.servers": self.stack.bootstrap, "group.id": "microflux-score", "enable.auto.commit": False,
                           "partition.assignment.strategy": strategy, "session.timeout.ms": 6000, "heartbeat.interval.ms": 500})
        member.subscribe(["profiles", "posts", "interactions"])
        return member

    def redis_net(self, what):
        for net in self.stack.redis_net.values():
            getattr(net, what)()

    # ---- one an alert ----

    def no_assignment(self):
        """A foreign member that deals lanes out another way holds the group."""
        for w in self.stack.names:
            self.stack.stop_worker(w)
        until(30, lambda: self.prometheus.value("sum(up)") == 0)
        member = self.member("roundrobin")
        until(60, lambda: member.poll(0.2) is None and member.assignment())
        for w in self.stack.names:
            self.stack.start_worker(w)
        until(60, lambda: self.prometheus.value("sum(up)") == 2 and not self.prometheus.firing() & {"MicrofluxNoScrape"})
        yield
        while (yield member.poll(0.2)) != "mend":
            pass
        member.close()

    def lane_held(self):
        """The fence of a lane is gone: redis.lost = stop."""
        key = self.stack.redis("KEYS", "mf:*:score:*:fence")[0]
        text = self.stack.redis("GET", key)
        self.stack.redis("DEL", key)
        while (yield) != "mend":
            pass
        self.stack.redis("SET", key, text)
        self.restart()

    def no_scrape(self):
        """A worker is frozen."""
        self.stack.workers[2].send_signal(signal.SIGSTOP)
        while (yield) != "mend":
            pass
        self.stack.workers[2].send_signal(signal.SIGCONT)

    def rejects(self):
        """One record of ten is no Avro."""
        while (yield self.traffic.send(b"nonsense")) != "mend":
            time.sleep(0.15)

    def schema_unknown(self):
        """Ids that the registry does not know, but few."""
        self.traffic.rate, n = 400, 1000
        while (yield self.traffic.send(b"\x00" + n.to_bytes(4, "big") + b"body")) != "mend":
            time.sleep(1.5)
        self.traffic.rate = 60

    def late(self):
        """One record of five is dated before every window."""
        self.traffic.late = 0.2
        while (yield) != "mend":
            pass
        self.traffic.late = 0

    def redis_away(self):
        """Redis is killed."""
        self.stack.redis_kill()
        while (yield) != "mend":
            pass
        self.stack.redis_start()

    def redis_errors(self):
        """Connections to Redis are cut again and again."""
        while (yield) != "mend":
            self.redis_net("reset")
            self.redis_net("heal")
            time.sleep(3)

    def redis_slow(self):
        """Redis answers a second and a half late."""
        for net in self.stack.redis_net.values():
            net.bad(back=1.5)
        while (yield) != "mend":
            pass
        self.redis_net("heal")

    def kafka_away(self):
        """No broker can be reached."""
        self.stack.kafka_net[1].reset()
        while (yield) != "mend":
            pass
        self.stack.kafka_net[1].heal()

    def rebalance_storm(self):
        """A member comes and goes."""
        while (yield) != "mend":
            member = self.member("range")
            until(10, lambda: member.poll(0.1) is None and member.assignment(), 0)
            member.close()

    def fence_refused(self):
        """A worker of another group writes under the same namespace."""
        self.traffic.rate = 400
        self.stack.settings[3] = ["group=another", "http.address="]
        self.stack.environment[3] = {"MICROFLUX_REDIS_ADDRESS": f"127.0.0.1:{self.stack.redis_port}"}
        self.stack.start_worker(3)
        while (yield) != "mend":
            pass
        self.stack.kill_worker(3)
        del self.stack.workers[3]
        self.traffic.rate = 60

    def lagging(self):
        """The way from the broker to a worker is narrower than what is sent."""
        self.traffic.rate = 600
        self.stack.kafka_net[1].bad("worker1", rate=8000)
        while (yield) != "mend":
            pass
        self.traffic.rate = 60
        self.stack.kafka_net[1].heal()

    def stuck(self):
        """A record of a schema that is asked of a registry that has trouble."""
        self.say("mode 500")
        self.traffic.send(b"\x00\x00\x00\x07\x00body")
        while (yield) != "mend":
            pass
        self.say("mode ok")

    def memory_grows(self):
        """Ever new creators, and room for them."""
        self.traffic.rate, self.traffic.new = 400, True
        while (yield) != "mend":
            pass
        self.traffic.rate, self.traffic.new = 60, False


# What else fires, and why.
COMPANIONS = {
    "MicrofluxStuck": {"MicrofluxLagging"},      # what is stuck lags behind, too
    "MicrofluxRedisAway": {"MicrofluxRedisErrors"},   # every lane of both workers loses it at once
    "MicrofluxKafkaAway": set(),
}
ORDER = ("NoAssignment", "LaneHeld", "NoScrape", "Rejects", "SchemaUnknown", "Late", "RedisAway", "RedisErrors", "RedisSlow", "KafkaAway",
         "RebalanceStorm", "FenceRefused", "Lagging", "Stuck", "MemoryGrows")   # MemoryGrows wants workers that run for long


def provoke(checks, drill, alert):
    """Broken until it fires, and mended until nothing does."""
    breaking = getattr(drill, re.sub(r"(?<!^)([A-Z])", r"_\1", alert.removeprefix("Microflux")).lower())
    began, fired, steps = time.monotonic(), set(), breaking()
    next(steps)
    while alert not in fired and time.monotonic() - began < PATIENCE:
        fired |= drill.prometheus.firing()
        steps.send("on")
        time.sleep(0.1)
    after = time.monotonic() - began
    try:
        steps.send("mend")
    except StopIteration:
        pass
    checks(f"{alert} fires: {breaking.__doc__.rstrip('.')} ({after:.0f} s)", alert in fired)
    others = fired - {alert} - COMPANIONS.get(alert, set())
    checks(f"{alert}: the others are silent" + (f", but for {', '.join(sorted(fired - {alert}))}" if len(fired) > 1 else ""), not others)
    checks(f"{alert}: mended, all is silent", until(PATIENCE, drill.well, 0.5), str(drill.prometheus.firing()))


def main():
    """0 when every alert fired, alone."""
    checks, wanted = Checks(), [f"Microflux{name}" for name in [a for a in sys.argv[1:] if a != "--alerts"] or ORDER]
    print(f"rules {FACTOR} times faster than shipped", flush=True)
    drill = None
    try:
        checks("every alert has its provocation", set(ALERTS) == {f"Microflux{name}" for name in ORDER}, str(ALERTS))
        drill = Drill()
        checks("two workers, all lanes read, nothing fires", until(120, drill.well, 0.5), str(drill.prometheus.firing()))
        quiet, end = set(), time.monotonic() + 20
        while time.monotonic() < end:
            quiet |= drill.prometheus.firing()
            time.sleep(0.3)
        checks("nothing fires while all is well", not quiet, str(quiet))
        for alert in wanted:
            provoke(checks, drill, alert)
    finally:
        if drill:
            drill.traffic.going = False
            drill.prometheus.process.kill()
            drill.registry.kill()
            drill.traffic.produce.kill()
        Stack.close_all()
    return checks.summary()


if __name__ == "__main__":
    sys.exit(main())
