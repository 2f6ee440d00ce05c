"""totals.py TRUTH STATES: lifetime counters of every creator against the generator's truth; prints what differs."""
import json
import sys

truth = {t["creator"]: t["totals"] for t in map(json.loads, open(sys.argv[1]))}
states = {s["creator"]: s["totals"] for s in map(json.loads, open(sys.argv[2]))}
compared = nontrivial = different = 0
for creator in sorted(truth.keys() | states.keys()):
    for kind, wanted in truth.get(creator, {"creator": "known"}).items():
        found = states.get(creator, {}).get(kind)
        compared += 1
        nontrivial += wanted != 0
        if found != wanted:
            different += 1
            if different <= 10:
                print(f"creator {creator}: {kind} wanted {wanted}, found {found}")
print(f"{compared} compared, {nontrivial} non-trivial, {different} differences")
sys.exit(different > 0 or nontrivial == 0)
