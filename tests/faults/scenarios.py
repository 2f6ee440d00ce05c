"""scenarios: faults by name, each with assertions of its own besides the oracle's. Ends with "N passed, N failed".

    scenarios.py --scenario NAME,NAME… [--seconds N] [--nodes 1|3]      NAME: a function below, or of redis_ha.py where that is there
"""
import argparse
import re
import signal
import subprocess
import sys
import time

from checks import Checks, keep   # before those that look into tests/reference, which has a checks.py, too
import chain
import log_changes
import market
import rolling
from play import Play
from stack import FAKETIME, ROOT, Stack, reached, until
from traffic import PARTITIONS


def exact(checks, play, compact=False):
    """The oracle's word."""
    play.drain()
    if compact:
        play.compact()
    verdict = play.judge()
    print(verdict.summary())
    checks("everything is exact, for every reader", not play.failures, "\n".join(play.failures))


def owned(stack, workers):
    """Lanes that these workers said they have, last."""
    said = [stack.log(w, " lanes_assigned ") for w in workers]
    return sum(int(re.search(r"lanes=(\d+)", lines[-1]).group(1)) for lines in said if lines)


def zombie(checks, nodes, seconds):
    """A worker is stopped for longer than the group waits; its partitions move; it wakes with a commit due."""
    seconds = seconds or 12
    stack = Stack(nodes, 3)
    stack.settings[1] = ["lane.flush_ms=700", "lane.commit_ms=700"]
    play = Play(stack, seed=7, records=(seconds + 8) * 500, rate=500)
    play.traffic.go()
    time.sleep(2)
    before = {w: len(stack.log(w)) for w in stack.names}
    stack.workers[1].send_signal(signal.SIGSTOP)
    slept = time.monotonic()
    checks("the others take all lanes", until(60, lambda: owned(stack, [2, 3]) == PARTITIONS))
    checks("and read them on from their fences", until(20, lambda: PARTITIONS == len(
        {line.split(" lane=")[1].split()[0] for w in (2, 3) for line in stack.log(w, " lane_taken ", before[w])})))
    time.sleep(max(0, slept + seconds - time.monotonic()))
    stack.workers[1].send_signal(signal.SIGCONT)
    checks("the sleeper notices: lanes lost, or commits refused", until(30, lambda: any(
        "lost=1" in line or "commit_refused" in line or "fence_differs" in line for line in stack.log(1, since=before[1]))))
    exact(checks, play, compact=seconds >= 30)


def cut_off(checks, nodes, seconds):
    """A worker that cannot tell Kafka anything but can talk to Redis: the group gives its lanes away while it still commits what it holds.

    It hears Kafka 4 s late, so it believes in its membership 4 s longer than the group does; and it sweeps its creators in 10 s, so that
    there is always something to commit."""
    stack = Stack(nodes, 3)
    for w in stack.settings:
        stack.settings[w] = ["sweep.interval_s=10"]
    stack.settings[1] += ["kafka.session.timeout.ms=8000", "kafka.max.poll.interval.ms=8000"]
    play = Play(stack, seed=11, records=11000, rate=500, creators=400)
    play.traffic.go()
    for net in stack.kafka_net.values():
        net.bad("worker1", back=4)
    time.sleep(6)
    for net in stack.kafka_net.values():
        net.bad("worker1", back=4, stall=True)
    refused = until(40, lambda: stack.log(1, "reason=commit_refused"))
    checks("a commit of the worker that is cut off is refused", refused, "\n".join(stack.log(1)[-8:]))
    for net in stack.kafka_net.values():
        net.heal()
    exact(checks, play)
    counted = [int(n) for line in stack.log(1, " counters ")[-1:] for n in re.findall(r"refused=(\d+)", line)]
    checks(f"and counted: commits refused {counted}", sum(counted) > 0)


def rewind(checks, nodes, _):
    """Redis goes back behind scores that readers have: what is counted again ends where it was, so the reader must be told once more.
    A like and its retraction, published one by one, are met in one batch after the tail is lost."""
    log = log_changes.Log(nodes)
    log.worker()
    log.send(5)
    checks("a like is told", log.told(5))
    log.stop()
    log.stack.redis_copy()
    log.worker()
    log.send(7)
    checks("the next one too", log.told(12))
    log.stop()
    log.send(-7)
    log.stack.redis_kill()
    log.stack.redis_restore()
    log.stack.redis_start()
    log.worker()
    checks("Redis lost the second like, the log took it back: the reader ends with the first", log.told(5))


def coordinator(checks, _, seconds):
    """The broker that leads the group, and a third of the partitions, hangs for 30 s: alive to TCP, dead otherwise."""
    seconds = seconds or 30
    stack = Stack(3, 3)
    for w in stack.settings:
        stack.settings[w] = ["lane.watchdog_s=5"]
    play = Play(stack, seed=5, records=(seconds + 15) * 300, rate=300)
    play.traffic.go()
    time.sleep(3)
    node = stack.coordinator()
    began = time.monotonic()
    stack.kafka_signal(node, signal.SIGSTOP)
    time.sleep(4)
    ends = play.traffic.snapshot()
    left = seconds - (time.monotonic() - began)
    read = until(left, lambda: reached(stack.fences(), ends))
    checks(f"what was sent while node {node} hung is counted before it wakes: after {time.monotonic() - began:.0f} s", read,
           f"wanted {ends}, found {stack.fences()}")
    time.sleep(max(0, began + seconds - time.monotonic()))
    stack.kafka_signal(node, signal.SIGCONT)
    silent = stack.logs(" feed_silent ")
    print(f"{len(silent)} times the watchdog: " + "; ".join(line.split("feed_silent ")[1] for line in silent[:3]))
    exact(checks, play)


def silent(checks, nodes, _):
    """A worker's connections to Kafka carry nothing any more and librdkafka would wait a minute: the watchdog of its lanes makes new ones."""
    stack = Stack(nodes, 1)
    stack.settings[1] = ["lane.watchdog_s=5", "kafka.socket.timeout.ms=60000", "kafka.session.timeout.ms=45000",
                         "kafka.max.poll.interval.ms=45000"]
    play = Play(stack, seed=23, records=8000, rate=400)
    play.traffic.go()
    time.sleep(3)
    for net in stack.kafka_net.values():
        net.half_open("worker1")
    began, ends = time.monotonic(), play.traffic.snapshot()
    cured = until(50, lambda: stack.log(1, " feed_silent ") and reached(stack.fences(), {at: end + 1 for at, end in ends.items() if at[1] == 2}))
    print(f"after {time.monotonic() - began:.0f} s: " + "; ".join(line.split("feed_silent ")[1] for line in stack.log(1, " feed_silent ")[:2]))
    checks("the watchdog noticed and cured it within 50 s", cured, "\n".join(stack.log(1)[-6:]))
    exact(checks, play)


def clock(checks, nodes, _):
    """The wall clocks of two workers jump: one an hour ahead, one an hour back, and after a while both return."""
    stack = Stack(nodes, 3)
    checks("libfaketime is there", FAKETIME.exists())
    clocks = {w: stack.dir / f"clock{w}" for w in (1, 2)}
    for w in stack.settings:
        stack.settings[w] = ["sweep.interval_s=10"]
    for w, path in clocks.items():
        path.write_text("+0")
        # malloc of the C library: jemalloc asks for the time before libfaketime is ready
        stack.environment[w] = {"LD_PRELOAD": f"{FAKETIME}:/lib/x86_64-linux-gnu/libc.so.6", "FAKETIME_TIMESTAMP_FILE": str(path), "FAKETIME_CACHE_DURATION": "1",
                                "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    play = Play(stack, seed=13, records=9600, rate=400)
    play.watcher.stop()
    play.watcher = None                                # it compares clocks
    play.traffic.go()
    for offsets in (("+3600", "-3600"), ("-3600", "+3600"), ("+0", "+0")):
        time.sleep(5)
        for path, offset in zip(clocks.values(), offsets):
            path.write_text(offset)
    apart = {round((r["timestamp"] / 1000 - time.time()) / 3600) for r in play.scores()}
    checks(f"their records say so: hours {sorted(apart)}", apart >= {-1, 0, 1})
    play.drain()
    before = {(r["partition"], r["offset"]) for r in play.scores()}
    time.sleep(15)
    swept = {r["value"]["source"]["partition"] for r in play.scores()
             if (r["partition"], r["offset"]) not in before and r["value"]["reason"] == "SWEEP"}
    checks(f"the sweep goes on in every lane: {sorted(swept)}", len(swept) == PARTITIONS)
    exact(checks, play)


def disk_full(checks, nodes, _):
    """No room for the log nor for the last-known-good file of the registry: the worker goes on."""
    stack = Stack(nodes, 1)
    registry = subprocess.Popen([sys.executable, ROOT / "tests/registry/stub.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port, full = registry.stdout.readline().strip(), stack.dir / "full"
    full.mkdir()
    shell = f"mount -t tmpfs -o size=16k tmpfs {full} && {{ cat /dev/zero > {full}/zero; exec \"$0\" \"$@\" 2> {full}/log; }} 2> /dev/null"
    stack.around[1] = ["unshare", "--mount", "--map-root-user", "--user", "sh", "-c", shell]
    stack.settings[1] = [f"registry.url=http://127.0.0.1:{port}", f"registry.cache_file={full}/registry.json"]
    play = Play(stack, seed=17, records=4000, rate=1000)
    play.traffic.go()
    inside = subprocess.run(["nsenter", "--preserve-credentials", "--user", "--mount", "-t", str(stack.workers[1].pid), "sh", "-c",
                             f"df --output=avail {full} | tail -1; wc -c < {full}/log; ls {full}"], capture_output=True, text=True)
    print("in the full folder: " + " ".join(inside.stdout.split()) + inside.stderr)
    checks("the folder is full, and the log empty", inside.stdout.split()[:2] == ["0", "0"])
    checks("no last-known-good file", inside.returncode == 0 and "registry.json" not in inside.stdout.split())
    exact(checks, play)
    registry.stdin.close()


SCENARIOS = {f.__name__: f for f in (zombie, cut_off, rewind, silent, coordinator, clock, disk_full)}
SCENARIOS |= log_changes.SCENARIOS | chain.SCENARIOS | market.SCENARIOS | rolling.SCENARIOS


def main():
    """0 when all assertions hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", required=True, choices=sorted(SCENARIOS))
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=0)
    arguments = parser.parse_args()
    checks, began = Checks(), time.monotonic()
    try:
        SCENARIOS[arguments.scenario](checks, arguments.nodes, arguments.seconds)
    finally:
        Stack.close_all()
    keep({"scenario": arguments.scenario, "nodes": arguments.nodes, "seconds": round(time.monotonic() - began), "passed": checks.passed,
          "failed": checks.failed, "what": SCENARIOS[arguments.scenario].__doc__.split("\n")[0]})
    return checks.summary()


if __name__ == "__main__":
    sys.exit(main())
