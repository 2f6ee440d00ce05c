"""market: campaigns come, change and end, creators are judged for them and rosters made of the fits, while workers die, sleep and change
places, and Redis dies, hangs and forgets. Judged by what readers have in the end: tests/e2e/fits.py compares the fits with the final
state, tests/e2e/roster.py the shortlists with the log of fits."""
import os
import random
import subprocess
import sys
import time

import faults
from play import Play
from stack import ROOT, Stack, until

PLACES = 5   # of a lane and campaign
SWEEP = 10   # seconds
FITS, ROSTER = ROOT / "tests/e2e/fits.py", ROOT / "tests/e2e/roster.py"
# what readers have: how it is read, and who says whether it is right; the slowest one last
READ = {"fits": ("tail", "--until-end", "--format", "json", "fit-scores"), "lists": ("tail", "--until-end", "--format", "json", "shortlists"),
        "states": ("state", "--all"), "campaigns": ("campaigns", "list", "--format", "json")}
JUDGES = {
    "who orders fits by version and who takes the last of each pair know the same": lambda _, of: [ROSTER, "agree", of["fits"]],
    "each shortlist is what the fits and the campaign say": lambda stack, of: [ROSTER, "check", of["fits"], of["campaigns"], of["lists"]],
    "of each campaign exactly the best of each lane, with their scores": lambda stack, of: [
        FITS, "compare", stack.binary, of["fits"], of["states"], str(PLACES)],
}
WORKERS = [faults.worker_kill, faults.worker_zombie, faults.worker_term, faults.redis_kill, faults.redis_pause, faults.kafka_pause]
LOSSES = [faults.redis_lost_tail, faults.redis_rewound]


def prepared(nodes):
    """A stack whose workers are of every kind and keep few places."""
    stack = Stack(nodes, 3)
    few = stack.dir / "few.conf"
    usual = (ROOT / "data/methodology/microflux-1.conf").read_text().splitlines()
    few.write_text("\n".join(f"best = {PLACES}" if line.startswith("best = ") else line for line in usual) + "\n")
    os.environ |= {**stack.secret(), "MICROFLUX_METHODOLOGY_FILE": str(few)}
    stack.kinds = ["all"]
    for w in stack.names:
        stack.settings[w] = ["score.min_interval_ms=0", "roster.min_interval_ms=300", f"sweep.interval_s={SWEEP}"]
    return stack


class Campaigns:
    """Those of a seed; with the next seed every fifth one is another, and two more are there."""

    def __init__(self, stack):
        self.stack, self.seed, self.n = stack, 0, 6

    def move(self):
        self.seed, self.n, path = self.seed + 1, min(self.n + 2, 12), self.stack.dir / "campaigns"
        with open(path, "w") as out:
            subprocess.run([sys.executable, FITS, "campaigns", str(self.seed), str(self.n)], stdout=out, check=True)
        self.stack.output("campaigns", "put", str(path))
        if self.seed > 1:
            self.stack.output("campaigns", "end", f"c{1 + self.seed % 4}")   # it comes back with the next seed


def rest(play):
    """Everything was swept once more, and no sweep moves the logs while they are judged."""
    time.sleep(SWEEP + 2)
    for w in list(play.stack.workers):
        play.stack.stop_worker(w)
        play.stack.start_worker(w, "sweep.interval_s=86400")


def judged(stack, said):
    """Everybody says that it is right; what they said, up to the first who does not, is kept in said."""
    said.clear()
    of = {name: str(stack.output(*words)) for name, words in READ.items()}
    for what, command in JUDGES.items():
        judge = subprocess.run([sys.executable, *command(stack, of)], capture_output=True, text=True)
        said[what] = judge.returncode, judge.stdout + judge.stderr
        if judge.returncode:
            return False
    return True


def market(checks, nodes, seconds):
    """Campaigns come, change and end over lanes whose workers die, sleep and move, while Redis dies, hangs and goes back."""
    seconds, chance, said = seconds or 30, random.Random(5), {}
    stack = prepared(nodes)
    campaigns = Campaigns(stack)
    play = Play(stack, seed=31, records=(seconds + 30) * 150, rate=150, creators=100, more=("--characters", "--fraud", "0.2"))
    campaigns.move()
    play.traffic.go()
    end = time.monotonic() + seconds
    while time.monotonic() < end and not play.failures:
        for fault in chance.sample(WORKERS, 3):
            play.inject(fault, chance)
            campaigns.move()
        play.recover()   # and who knows what is lost next keeps its lanes until it is noticed (docs/decisions/0013)
        play.inject(chance.choice(LOSSES), chance)
        play.recover()
    play.drain()
    play.settle("at the end")
    rest(play)
    checks(f"{len(play.injections)} faults: everything that was sent is counted and published", not play.failures, "\n".join(play.failures))
    until(5 * play.patience, lambda: judged(stack, said), 2)   # a pass takes minutes on a busy machine
    for what, (status, words) in said.items():
        print(words.splitlines()[-1] if words else "")
        checks(what, status == 0, words)


SCENARIOS = {"market": market}
