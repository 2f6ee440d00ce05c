"""rolling: four workers become the next version one after the other while traffic flows. OLD_MICROFLUX is the binary of the older one
(tests/rolling.sh builds it; without it both are the same). No lane may stand still for more than 5 s while records wait for it, as seen
from outside: fences against the ends of the logs, ten times a second."""
import os
import threading
import time
from pathlib import Path

from play import Play
from stack import Stack, until
from traffic import INPUTS, PARTITIONS

WORKERS, STANDING = 4, 5.0
PRESSURE = Path("/proc/pressure/cpu")


class Logs:
    """Where the inputs end, asked of the broker itself."""

    def __init__(self, stack):
        from confluent_kafka import TopicPartition                    # here: other scenarios do without (PYTHON in run.sh)
        from confluent_kafka.admin import AdminClient, OffsetSpec
        self.admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{stack.redis_port - 30}"})
        self.all = {TopicPartition(topic, lane): OffsetSpec.latest() for topic in INPUTS for lane in range(PARTITIONS)}

    def ends(self):
        return {(p.topic, p.partition): f.result().offset for p, f in self.admin.list_offsets(self.all).items()}


class Served:
    """The longest time that each lane had records waiting and did not move, and when it ended."""

    def __init__(self, play):
        self.longest, self.running = {lane: (0.0, 0.0) for lane in range(PARTITIONS)}, True
        self.thread = threading.Thread(target=self._watch, args=(play,), daemon=True)
        self.thread.start()

    def _watch(self, play):
        logs = Logs(play.stack)
        began, before, since = time.monotonic(), {}, {}
        while self.running:
            ends, found, now = logs.ends(), play.stack.fences() or before, time.monotonic()
            for lane in self.longest:
                at = [applied for applied, _ in found.get(lane, [(0, 0)] * len(INPUTS))]
                waiting = any(ends[topic, lane] > applied for topic, applied in zip(INPUTS, at))
                if not waiting or found.get(lane) != before.get(lane):
                    since[lane] = now
                self.longest[lane] = max(self.longest[lane], (now - since.get(lane, began), now - began))
            before = found
            time.sleep(0.1)

    def stop(self):
        self.running = False
        self.thread.join()
        for lane, (stood, at) in self.longest.items():
            print(f"lane {lane}: stood still for at most {stood:.1f} s, until {at:.1f} s", flush=True)
        return max(stood for stood, _ in self.longest.values())


def starved():
    """Seconds since the machine began in which something waited for a CPU; 0 where nobody counts them."""
    return int(PRESSURE.read_text().split("total=")[1].split()[0]) / 1e6 if PRESSURE.exists() else 0


def serves(stack, w, since):
    """The worker that was started took its lanes, or stands by in the group."""
    return until(30, lambda: stack.log(w, " lanes_assigned ", since), 0.05)


def in_place(stack, w, new):
    """As under systemd: SIGTERM, its end, the new one under the same name."""
    since = len(stack.log(w))
    stack.stop_worker(w)
    stack.programs[w] = new
    stack.start_worker(w)
    return serves(stack, w, since)


def new_first(stack, w, new):
    """As a Deployment with maxSurge=1: the new one, and when it serves the old one's SIGTERM."""
    old, stack.programs[w] = stack.workers[w], new
    since = len(stack.log(w))
    stack.start_worker(w)
    ready = serves(stack, w, since)
    old.terminate()
    stack.ended.append(old.wait(40))
    return ready


def roll(checks, nodes, step, settings):
    """From the old version to the new one, worker by worker, and back by one: a roll-back is the same way."""
    stack = Stack(nodes, WORKERS)
    old, new = os.environ.get("OLD_MICROFLUX", stack.binary), stack.binary
    for w in stack.names:
        stack.programs[w] = old
        stack.settings[w] = ["kafka.session.timeout.ms=10000", "kafka.heartbeat.interval.ms=1000", "kafka.max.poll.interval.ms=300000",
                             *(setting.format(w) for setting in settings)]
    play = Play(stack, seed=31, records=16000, rate=100)
    play.traffic.go()
    time.sleep(2)
    served, ready, began, waited = Served(play), [], time.monotonic(), starved()
    for w, version in [(w, new) for w in stack.names] + [(1, old), (1, new)]:
        ready.append(step(stack, w, version))
        print(f"worker {w} is {'new' if version == new else 'old'}", flush=True)
        time.sleep(2)
    going = play.traffic.thread.is_alive()
    stood, busy = served.stop(), (starved() - waited) / (time.monotonic() - began)
    play.traffic.rate *= 20                  # what is left goes at once
    checks("every worker that was started joined the group", all(ready))
    checks("traffic flowed all the time", going)
    checks(f"no lane stood still for more than {STANDING:.0f} s: {stood:.1f} s (CPUs were waited for {busy:.0%} of the time)", stood <= STANDING)
    held = stack.logs(" lane_held ")
    checks("no lane was held", not held, "\n".join(held[:3]))
    play.drain()
    verdict = play.judge()
    print(verdict.summary())
    checks("everything is exact, for every reader", not play.failures, "\n".join(play.failures))


def rolling(checks, nodes, _):
    """Four workers with names of their own (static members) become the next version in place, one after the other."""
    roll(checks, nodes, in_place, ["kafka.group.instance.id=worker{}"])


def rolling_surge(checks, nodes, _):
    """Four workers without names become the next version, the new one started before the old one is ended."""
    roll(checks, nodes, new_first, [])


SCENARIOS = {"rolling": rolling, "rolling_surge": rolling_surge}
