"""nemesis: one run. Traffic flows, faults of every part come in the order that the seed says, each part's own one after the other, those
of different parts overlapping; then all is mended and the oracle judges. Prints a table and ends 0 when nothing differs.

    nemesis.py --seed N --minutes M --nodes 1|3 [--only KIND,KIND…] [--creators N] [--rate N] [--workers N]
                [--patience SECONDS]                                            longest time for a recovery
"""
import argparse
import random
import signal
import sys
import threading
import time
from collections import defaultdict

import faults
import oracle
from stack import Stack
from traffic import PARTITIONS, Traffic, order

class Injection:
    """One fault of a run."""

    def __init__(self, kind):
        self.kind, self.began, self.recovered = kind, time.time(), None


class Watcher:
    """Samples the fences: what had been counted, when (wall clock, never going back); and moments at which Redis lost a tail."""

    def __init__(self, stack):
        self.times, self.most, self.history, self.lost = [], {}, defaultdict(list), []
        self.running = True
        self.thread = threading.Thread(target=self._watch, args=(stack,), daemon=True)
        self.thread.start()

    def _watch(self, stack):
        while self.running:
            now, found = time.time(), stack.fences()
            if found is not None:
                self._note(now, found)
            time.sleep(0.05)

    def _note(self, now, found):
        for lane, inputs in found.items():
            for i, (applied, _) in enumerate(inputs):
                if applied > self.most.get((lane, i), 0):
                    self.most[lane, i] = applied
                    self.history[lane, i].append((now, applied))
        self.times.append(now)

    def stop(self):
        self.running = False
        self.thread.join()


class Nemesis:
    """The faults of one run."""

    def __init__(self, stack, traffic, arguments):
        self.stack, self.traffic, self.arguments = stack, traffic, arguments
        self.until = time.monotonic() + 60 * arguments.minutes
        self.injections, self.failures = [], []

    def run(self):
        """Until the time is over; a part that is broken is mended first."""
        threads = [threading.Thread(target=self._break, args=(part,)) for part in faults.PARTS]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _break(self, part):
        chance = random.Random(f"{self.arguments.seed} {part}")
        kinds = faults.kinds_of(part, self.stack.nodes, self.arguments.only)
        bag = []
        while kinds and time.monotonic() < self.until:
            time.sleep(chance.uniform(0.5, 4))
            bag = bag or chance.sample(kinds, len(kinds))   # each kind once before one comes again
            try:
                self.inject(bag.pop(), chance)
            except Exception as error:                      # the run is no proof then
                self.failures.append(f"{part}: {error!r}")
                return

    def inject(self, fault, chance):
        """One fault, and the wait for its recovery: everything that was sent until its end is counted."""
        injection = Injection(fault.__name__)
        self.injections.append(injection)
        fault(self.stack, chance)
        began, ends = time.monotonic(), self.traffic.snapshot()
        while not self.stack.reached(ends):
            time.sleep(0.05)
            if time.monotonic() > began + self.arguments.patience:
                self.failures.append(f"after {injection.kind}: not recovered, wanted {ends}, found {self.stack.fences()}")
                break
        injection.recovered = time.monotonic() - began
        print(f"{time.time() - self.stack.began:7.1f} s  {injection.kind:24} recovered in {injection.recovered:.1f} s\n",
              end="", flush=True)


def settled(stack, traffic, patience, what):
    """Every fence at the end of its log: counted and published."""
    ends, until = traffic.snapshot(), time.monotonic() + patience
    while not stack.reached(ends, published=True):
        if time.monotonic() > until:
            return [f"{what}: fences wanted at the ends {ends}, found {stack.fences()}"]
        time.sleep(0.1)
    return []


def generate(stack, arguments):
    """Events for the whole time, the same for the same seed, in the order in which they are sent: (ahead, rest)."""
    wanted = int(arguments.rate * 60 * arguments.minutes)
    creators = arguments.creators or max(100, wanted // 250)
    stack.command("generate", "--creators", str(creators), "--posts", "12", "--singles", "4", "--seed", str(arguments.seed),
                  "--out", str(stack.dir / "all"), log="tools.log").wait()
    with open(stack.dir / "all") as lines:
        ahead, rest = order(line.rstrip("\n") for _, line in zip(range(wanted), lines))
    (stack.dir / "events").write_text("".join(line + "\n" for line in ahead + rest))
    return ahead, rest


def play(stack, arguments):
    """The run itself: (injections, failures, watcher, traffic)."""
    stack.output("topics", "create", "--replay", "--partitions", str(PARTITIONS))
    traffic = Traffic(stack, *generate(stack, arguments), arguments.rate)
    for w in stack.redis_net:
        stack.start_worker(w)
    traffic.gone.wait()
    watcher = Watcher(stack)
    stack.lost_tail = lambda: watcher.lost.append(time.time())
    failures = settled(stack, traffic, arguments.patience, "at the start")
    faults.keep(stack, 2)
    traffic.go()
    nemesis = Nemesis(stack, traffic, arguments)
    nemesis.run()
    if not traffic.finish(60 * arguments.minutes + arguments.patience):
        failures.append("produce did not send everything: " + (stack.dir / "produce.log").read_text()[-300:])
    while not stack.reached(traffic.snapshot()) and time.monotonic() < nemesis.until + arguments.patience:
        time.sleep(0.02)
    failures += at_the_end(stack, traffic, nemesis, [faults.idle_killed, faults.idle_rewound])
    watcher.stop()
    return nemesis.injections, nemesis.failures + failures, watcher, traffic


def at_the_end(stack, traffic, nemesis, kinds):
    """The faults of an idle stack, each with its wait for everything to be published."""
    failures, only = [], nemesis.arguments.only
    for kind in kinds:
        if not only or kind.__name__ in only:
            nemesis.inject(kind, random)
        if not failures:
            failures += settled(stack, traffic, nemesis.arguments.patience, f"at {kind.__name__}")
    return failures


def finish(stack):
    """No worker left by itself, and SIGTERM ends each cleanly."""
    failures = [f"worker {w} ended by itself: {p.returncode}" for w, p in stack.workers.items() if p.poll() is not None]
    for w in stack.workers:
        stack.stop_worker(w)
    return failures + [f"SIGTERM ended a worker with {end}" for end in stack.ended if end != 0]


def table(injections, verdict):
    """Kind, times, longest recovery, differences, duplicate scores."""
    print(f"\n{'fault':26}{'injected':>9}{'longest recovery':>19}{'differences':>13}{'duplicate scores':>18}")
    for kind in sorted({i.kind for i in injections}):
        longest = max(i.recovered or 0 for i in injections if i.kind == kind)
        print(f"{kind:26}{sum(i.kind == kind for i in injections):9}{longest:17.1f} s{verdict.wrong[kind]:13}"
              f"{verdict.duplicates[kind]:18}")


def main():
    """Arguments; 0 when nothing differs."""
    parser = argparse.ArgumentParser()
    for name, kind, default in (("seed", int, 1), ("minutes", float, 1), ("nodes", int, 1), ("creators", int, 0),
                                ("rate", int, 800), ("workers", int, 3), ("patience", int, 90)):
        parser.add_argument("--" + name, type=kind, default=default)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    stack = Stack(arguments.nodes, arguments.workers)
    stack.long, stack.began, stack.lost_tail = arguments.minutes >= 2, time.time(), lambda: None
    print(f"seed {arguments.seed}, {arguments.minutes:g} min, {arguments.nodes} node(s), {arguments.workers} workers", flush=True)
    try:
        injections, failures, watcher, traffic = play(stack, arguments)
        verdict = oracle.judge(stack, traffic, watcher, injections)
        failures += finish(stack) + verdict.failures
    finally:
        stack.close()
    table(injections, verdict)
    print(verdict.summary)
    for failure in failures:
        print("FAIL", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
