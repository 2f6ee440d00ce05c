"""chain: from lane to lane exactly once, while workers of every kind die and Redis dies, hangs and forgets. Judged by tests/e2e/audience.py,
which counts everything again from the logs."""
import json
import random
import shutil
import subprocess
import sys
import time

import faults
from play import Play
from stack import ROOT, Redis, Stack, fences, until

LINKS = (("audience-edges", "audience", 0), ("affinity-updates", "score", 3))   # topic, who reads it, its number among the inputs


def at_rest(stack):
    """Every record of the chain is applied, and what came of it acknowledged."""
    for topic, worker, i in LINKS:
        ends = {r["partition"]: r["offset"] + 1 for r in
                map(json.loads, open(stack.output("tail", "--until-end", "--format", "json", topic)))}
        found = fences(Redis(stack.redis_port, 2), worker)
        if any(found.get(lane, [(0, 0)] * 4)[i] != (end, end) for lane, end in ends.items()):
            return False
    return True


def counted(stack):
    """What the checker says: (status, output)."""
    folder = stack.dir / "chain"
    folder.mkdir(exist_ok=True)
    for topic in ("interactions", *(link[0] for link in LINKS)):
        shutil.copy(stack.output("tail", "--until-end", "--format", "json", topic), folder / f"{topic}.log")
    shutil.copy(stack.output("state", "--all"), folder / "states")
    said = subprocess.run([sys.executable, ROOT / "tests/e2e/audience.py", folder], capture_output=True, text=True)
    return said.returncode, said.stdout + said.stderr


def prepared(nodes):
    """A stack whose workers are of every kind and have an embedding."""
    stack = Stack(nodes, 3)
    events, embedding = stack.dir / "train", stack.dir / "embedding"
    stack.command("generate", "--creators", "40", "--characters", "--out", str(events), log="tools.log").wait()
    stack.command("train", "embed", str(events), "--out", str(embedding), log="tools.log", stdout=subprocess.DEVNULL).wait()
    stack.kinds = ["all"]
    for w in stack.names:
        stack.environment[w] = {**stack.secret(), "MICROFLUX_MODELS_EMBEDDING": str(embedding)}
    return stack


def chain(checks, nodes, seconds):
    """Comments become edges, edges become what creators learn: each counts once, whatever is killed, hangs or goes back meanwhile."""
    seconds, chance = seconds or 30, random.Random(3)
    stack = prepared(nodes)
    play = Play(stack, seed=29, records=(seconds + 10) * 400, rate=400, creators=60)
    play.traffic.go()
    end = time.monotonic() + seconds
    while time.monotonic() < end and not play.failures:
        for fault in (faults.worker_kill, faults.redis_kill, faults.worker_kill, faults.redis_lost_tail, faults.redis_pause):
            if time.monotonic() < end:
                play.inject(fault, chance)
                time.sleep(chance.uniform(0.5, 2))
    play.recover()
    play.drain()
    play.settle("at the end")
    checks("everything that was sent is counted and published", not play.failures, "\n".join(play.failures))
    checks("the chain comes to rest", until(60, lambda: at_rest(stack), 1))
    status, said = counted(stack)
    print(said, end="")
    checks("every edge and every update counted once; met and y are the sums", status == 0)


SCENARIOS = {"chain": chain}
