"""table.py FAULTS MOVES SCORES: what each kind of fault cost: times, longest standstill of a lane, scores published twice.

FAULTS: START END KIND TARGET, in seconds since 1970, as run.sh notes them; MOVES: what standstill.py noted. A fault answers for every
standstill that overlaps it, and for what was repeated from its start to 10 s after its end; overlapping faults share.
"""
import json
import sys
from collections import defaultdict


def order_of(score):
    return score["version"]["epoch"], score["version"]["offsets"], score["as_of"]


def standstills(path):
    """(from, to) of each time a lane did not move, as long as it moved again."""
    last = {}
    for line in open(path):
        at, lane = line.split()
        if lane in last:
            yield last[lane], float(at)
        last[lane] = float(at)


def repeats(path):
    """When a score was published that was there already."""
    seen = set()
    for record in map(json.loads, open(path)):
        known = (record["key"], order_of(record["value"]))
        if known in seen:
            yield record["timestamp"] / 1000
        seen.add(known)


def main():
    faults = [(float(f[0]), float(f[1]), f[2]) for f in map(str.split, open(sys.argv[1]))]
    still, twice = list(standstills(sys.argv[2])), list(repeats(sys.argv[3]))
    rows = defaultdict(lambda: [0, 0.0, 0])
    for start, end, kind in faults:
        row = rows[kind]
        row[0] += 1
        row[1] = max([row[1]] + [to - since for since, to in still if since < end and to > start])
        row[2] += sum(start <= at <= end + 10 for at in twice)
    print(f"{'fault':16} {'times':>5} {'longest standstill s':>21} {'scores twice':>13}")
    for kind, (times, longest, double) in sorted(rows.items()):
        print(f"{kind:16} {times:5} {longest:21.1f} {double:13}")
    print(f"{'all':16} {len(faults):5} {max([to - since for since, to in still] + [0]):21.1f} {len(twice):13}")


if __name__ == "__main__":
    main()
