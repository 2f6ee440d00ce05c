"""nemesis: one run. Traffic flows, faults of every part come in rounds, in the order that the seed says: each part's own one after the other,
those of different parts at once, and none waits for the recovery from the one before. After a round everything sent so far must be
counted; after the last one the oracle judges. Prints a table and ends 0 when nothing differs.

    nemesis.py --seed N --minutes M --nodes 1|3 [--redis single|sentinel|cluster] [--only KIND,KIND…] [--creators N] [--rate N] [--workers N]
                [--round SECONDS]       faults begin for so long, then recover (20)
                [--pace SECONDS]        the longest pause of a part between two faults (4); a dense run says 1
                [--patience SECONDS]    longest time for a recovery (120)
"""
import argparse
import random
import sys
import threading
import time

import checks
import faults
from play import Play
from stack import Stack


class Part:
    """What breaks, one fault at a time."""

    def __init__(self, name, n, play, arguments):
        self.name, self.play, self.pace = name, play, arguments.pace
        self.chance = random.Random(f"{arguments.seed} {name} {n or ''}".strip())
        self.kinds, self.bag = faults.kinds_of(name, play.stack.nodes, arguments.redis, arguments.only), []

    def breaks(self, end):
        """A round."""
        while self.kinds and time.monotonic() < end:
            time.sleep(self.chance.uniform(self.pace / 8, self.pace))
            self.bag = self.bag or self.chance.sample(self.kinds, len(self.kinds))   # each kind once before one comes again
            try:
                self.play.inject(self.bag.pop(), self.chance)
            except (Exception, SystemExit) as error:                      # the run is no proof then
                self.play.failures.append(f"{self.name}: {error!r}")
                return


class Nemesis:
    """The faults of one run."""

    def __init__(self, play, arguments):
        self.play, self.arguments = play, arguments
        self.until = time.monotonic() + 60 * arguments.minutes
        ways = len(play.stack.redis_net) + len(play.stack.kafka_net)
        self.parts = [Part(part, n, play, arguments) for part in faults.PARTS for n in range(ways if part == "net" else 1)]

    def run(self):
        """Rounds, until the time is over or something failed."""
        while time.monotonic() < self.until and not self.play.failures:
            end = min(self.until, time.monotonic() + self.arguments.round)
            threads = [threading.Thread(target=part.breaks, args=(end,)) for part in self.parts]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.play.recover()

    def at_the_end(self):
        """The faults of an idle stack, each with its wait for everything to be published."""
        for kind in faults.at_the_end(self.arguments.redis, self.arguments.only):
            self.play.inject(kind, random)
            self.play.recover()
            if not self.play.failures:
                self.play.settle(f"at {kind.__name__}")


def table(play, verdict):
    """Kind -> times, longest recovery, differences, duplicate scores; printed, and given back."""
    rows = {}
    print(f"\n{'fault':26}{'injected':>9}{'longest recovery':>19}{'differences':>13}{'duplicate scores':>18}")
    for kind in sorted({i.kind for i in play.injections}):
        times = [i.recovered or 0 for i in play.injections if i.kind == kind]
        rows[kind] = {"times": len(times), "recovery": round(max(times), 1), "differences": verdict.wrong[kind],
                      "duplicates": verdict.duplicates[kind]}
        print(f"{kind:26}{len(times):9}{max(times):17.1f} s{verdict.wrong[kind]:13}{verdict.duplicates[kind]:18}")
    return rows


def report(arguments, play, verdict, rows):
    """The run as one line of the results."""
    command = f"tests/faults/run.sh --seed {arguments.seed} --minutes {arguments.minutes:g} --nodes {arguments.nodes}"
    command += "".join(f" --{name} {getattr(arguments, name):g}" for name in ("rate", "round", "pace", "workers")
                       if getattr(arguments, name) != DEFAULTS[name])
    command += f" --redis {arguments.redis}" if arguments.redis != "single" else ""
    command += f" --only {','.join(arguments.only)}" if arguments.only else ""
    checks.keep({"command": command, "seconds": round(time.time() - play.stack.began), **verdict.sums, "failures": len(play.failures),
                 "kinds": rows})


DEFAULTS = {"seed": 1, "minutes": 1.0, "nodes": 1, "creators": 0, "rate": 800, "workers": 3, "round": 20.0, "pace": 4.0, "patience": 120}


def read_arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser()
    for name, default in DEFAULTS.items():
        parser.add_argument("--" + name, type=type(default), default=default)
    parser.add_argument("--redis", choices=("single", *faults.SEVERAL_REDIS), default="single")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    return parser.parse_args()


def main():
    """0 when nothing differs."""
    arguments = read_arguments()
    print(f"seed {arguments.seed}, {arguments.minutes:g} min, {arguments.nodes} node(s), {arguments.workers} workers", flush=True)
    stack = Stack(arguments.nodes, arguments.workers, arguments.redis)
    stack.long = arguments.minutes >= 2
    try:
        play = Play(stack, arguments.seed, int(arguments.rate * 60 * arguments.minutes), arguments.rate, arguments.creators,
                    arguments.patience)
        if not stack.ha:
            faults.keep(stack, 2)
        nemesis = Nemesis(play, arguments)
        play.traffic.go()
        nemesis.run()
        play.drain()
        nemesis.at_the_end()
        if stack.long:
            play.compact()
        verdict = play.judge()
    finally:
        Stack.close_all()
    rows = table(play, verdict)
    print(verdict.summary())
    report(arguments, play, verdict, rows)
    for failure in play.failures:
        print("FAIL", failure)
    return 1 if play.failures else 0


if __name__ == "__main__":
    sys.exit(main())
