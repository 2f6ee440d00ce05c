"""nemesis.py SEED FAULTS: the plan of faults of a seed, one a line: START FAULT TARGET SECONDS, in order of start; the last line is `END end`.

The faults are dealt like cards, so that a short plan has no kind twice; they overlap, but never two on one target.
"""
import random
import sys

KINDS = {  # fault -> targets, shortest and longest duration
    "worker_kill": (("worker1", "worker2"), 0.0, 2.0),
    "worker_pause": (("worker1", "worker2"), 8.0, 9.0),  # longer than the session: a zombie
    "worker_restart": (("worker1", "worker2"), 0.0, 2.0),
    "worker_join": (("worker3",), 3.0, 6.0),
    "redis_kill": (("redis",), 0.0, 2.0),
    "redis_rewind": (("redis",), 1.0, 4.0),
    "redis_readonly": (("redis",), 2.0, 2.0),
    "redis_oom": (("redis",), 2.0, 2.0),
    "redis_pause": (("redis",), 3.0, 3.0),
    "broker_pause": (("broker",), 5.0, 5.0),
    "broker_kill": (("broker",), 0.0, 2.0),
}
EXTRA = 4.0  # what a fault needs besides its duration: starting, joining, waiting


def plan(seed, faults):
    chance = random.Random(seed)
    free, now, deck = {}, 1.0, []
    for _ in range(faults):
        deck = deck or chance.sample(sorted(KINDS), len(KINDS))
        kind = deck.pop()
        targets, shortest, longest = KINDS[kind]
        target, seconds = chance.choice(targets), round(chance.uniform(shortest, longest), 1)
        start = max(now, free.get(target, 0.0))
        free[target] = start + seconds + EXTRA
        yield start, kind, target, seconds
        now += chance.uniform(1.0, 5.0)
    yield max(free.values()), "end", "", ""


def main():
    for start, kind, target, seconds in sorted(plan(int(sys.argv[1]), int(sys.argv[2]))):
        print(f"{start:.1f} {kind} {target} {seconds}".rstrip())


if __name__ == "__main__":
    main()
