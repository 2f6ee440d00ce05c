"""nemesis: one run. Traffic flows, faults of every part come in the order that the seed says, each part's own one after the other, those
of different parts overlapping; then all is mended and the oracle judges. Prints a table and ends 0 when nothing differs.

    nemesis.py --seed N --minutes M --nodes 1|3 [--only KIND,KIND…] [--creators N] [--rate N] [--workers N]
                [--patience SECONDS]                                            longest time for a recovery
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


class Nemesis:
    """The faults of one run."""

    def __init__(self, play, arguments):
        self.play, self.arguments = play, arguments
        self.until = time.monotonic() + 60 * arguments.minutes

    def run(self):
        """Until the time is over; a part that is broken is mended first."""
        threads = [threading.Thread(target=self._break, args=(part,)) for part in faults.PARTS]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _break(self, part):
        chance = random.Random(f"{self.arguments.seed} {part}")
        kinds = faults.kinds_of(part, self.play.stack.nodes, self.arguments.only)
        bag = []
        while kinds and time.monotonic() < self.until:
            time.sleep(chance.uniform(0.5, 4))
            bag = bag or chance.sample(kinds, len(kinds))   # each kind once before one comes again
            try:
                self.play.inject(bag.pop(), chance)
            except Exception as error:                      # the run is no proof then
                self.play.failures.append(f"{part}: {error!r}")
                return

    def at_the_end(self):
        """The faults of an idle stack, each with its wait for everything to be published."""
        for kind in faults.AT_THE_END:
            if not self.arguments.only or kind.__name__ in self.arguments.only:
                self.play.inject(kind, random)
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
    command += f" --only {','.join(arguments.only)}" if arguments.only else ""
    checks.keep({"command": command, "seconds": round(time.time() - play.stack.began), **verdict.sums, "failures": len(play.failures),
                 "kinds": rows})


def read_arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser()
    for name, kind, default in (("seed", int, 1), ("minutes", float, 1), ("nodes", int, 1), ("creators", int, 0),
                                ("rate", int, 800), ("workers", int, 3), ("patience", int, 120)):
        parser.add_argument("--" + name, type=kind, default=default)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    return parser.parse_args()


def main():
    """0 when nothing differs."""
    arguments = read_arguments()
    print(f"seed {arguments.seed}, {arguments.minutes:g} min, {arguments.nodes} node(s), {arguments.workers} workers", flush=True)
    stack = Stack(arguments.nodes, arguments.workers)
    stack.long = arguments.minutes >= 2
    try:
        play = Play(stack, arguments.seed, int(arguments.rate * 60 * arguments.minutes), arguments.rate, arguments.creators,
                    arguments.patience)
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
