"""Small rosters, whose optimum can be found by trying all: what `run roster` publishes against plain greedy, and against the optimum.

  roster_small.py campaigns SEED        campaigns of 2 to 12 candidates each, NDJSON for `campaigns put`
  roster_small.py send SEED BOOTSTRAP   their fits, all of one fit, so that people are all that counts (confluent-kafka, fastavro)
  roster_small.py check SEED LISTS      NDJSON of `tail shortlists`

Bounds: without prices the greedy reaches 1 − 1/e of the optimum (Nemhauser, Wolsey, Fisher 1978); under a budget the greedy and the best
single one that it passed over reach that together (Khuller, Moss, Naor 1999); under both, slots and a budget, none is known. Reach of any set
is that of its sketches' union.
"""
import json
import random
import sys
import zlib
from io import BytesIO
from itertools import combinations
from math import e
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/reference"))
CAMPAIGNS, PARTITIONS, AS_OF, FIT = 120, 4, 1772454600000, 80.0


def case(number, seed):
    """(campaign, {creator: (people, price)}): crowds that overlap, some far larger than others."""
    r = random.Random(f"{seed} {number}")
    people = [r.getrandbits(64) for _ in range(r.choice([60, 400, 2000]))]
    quarters = [people[i::4] for i in range(4)]
    priced, candidates = number % 2 == 1, {}
    for i in range(r.randint(2, 12)):
        crowd = r.choice([people, r.choice(quarters), r.choice(quarters)])
        size = max(1, int(len(crowd) * r.choice([.02, .1, .3, .6, .9])))
        candidates[f"creator-{i}"] = r.sample(crowd, size), r.randint(100, 3000) if priced else None
    made = {"campaign_id": f"small-{number}", "brand": "acme", "status": "ACTIVE", "updated_at": AS_OF, "slots": None if number % 4 == 1 else r.randint(1, 5)}
    if priced:
        made["budget"] = {"minor_units": r.randint(500, 6000), "currency": "EUR"}
    return made, candidates


def sketches(candidates):
    """Registers of each."""
    from actors import Registers
    return {creator: Registers(people) for creator, (people, _) in candidates.items()}


def fit(name, creator, sketch, price):
    """A record of fit-scores."""
    return {"campaign_id": name, "creator_id": creator, "version": {"epoch": 0, "offsets": 1}, "as_of": AS_OF,
            "methodology": {"name": "microflux-1", "version": "1", "digest": "0" * 16}, "score": FIT, "confidence": 1.0,
            "affinity": {"score": FIT, "source": "LEXICON"}, "followers": 5000, "estimate": .02,
            "price": price and {"minor_units": price, "currency": "EUR"}, "actors": sketch.packed()}


def send(seed, bootstrap):
    """All of them, in any order."""
    import fastavro
    from confluent_kafka import Producer
    schema = fastavro.parse_schema(json.loads((ROOT / "schemas/fit-score.avsc").read_text()))
    frame = b"\xc3\x01" + bytes.fromhex(fastavro.schema.fingerprint(fastavro.schema.to_parsing_canonical_form(schema), "CRC-64-AVRO"))
    producer, rows = Producer({"bootstrap.servers": bootstrap}), []
    for number in range(CAMPAIGNS):
        made, candidates = case(number, seed)
        name, known = made["campaign_id"], sketches(candidates)
        rows += [(name, creator, fit(name, creator, known[creator], price)) for creator, (_, price) in candidates.items()]
    random.Random(seed).shuffle(rows)
    for i, (name, creator, record) in enumerate(rows):
        out = BytesIO()
        fastavro.schemaless_writer(out, schema, record)
        producer.produce("fit-scores", key=f"{name}/{creator}", value=frame + out.getvalue(), partition=zlib.crc32(name.encode()) % PARTITIONS,
                         headers={"microflux.position": f"0 interactions 0 {i} 0"})
    assert producer.flush(60) == 0
    print(f"{len(rows)} fits of {CAMPAIGNS} campaigns")


def best(known, prices, budget, slots):
    """The largest reach of any set that may be chosen."""
    from roster import union
    names, top = sorted(known), 0.0
    for n in range(1, min(slots or len(names), len(names)) + 1):
        for chosen in combinations(names, n):
            if budget is None or sum(prices[c] for c in chosen) <= budget:
                top = max(top, union(known[c] for c in chosen))
    return top


def judge(number, seed, told):
    """(differences from plain greedy, reach / optimum, holds its bound) of one shortlist."""
    from roster import roster, union
    made, candidates = case(number, seed)
    known, prices = sketches(candidates), {c: price for c, (_, price) in candidates.items()}
    budget, slots = (made.get("budget") or {}).get("minor_units"), made["slots"]
    plain = roster([{"creator_id": c, "fit": FIT, "price": prices[c], "actors": known[c]} for c in known], budget, slots)
    members = told["roster"]["members"]
    chosen = [m["creator_id"] for m in members]
    wrong = chosen != plain["chosen"] or any(abs(a - m["marginal_reach"]) > 1e-6 * max(1, a) for a, m in zip(plain["marginal"], members))
    wrong = wrong or len(told["ranking"]) != len(known)
    reach, top = union(known[c] for c in chosen), best(known, prices, budget, slots)
    affordable = [c for c in known if c not in chosen and (budget is None or prices[c] <= budget)]
    spare = max([known[c].estimate() for c in affordable], default=0.0) if budget else 0.0
    return wrong, reach / top if top else 1.0, bool(budget and slots) or reach + spare >= (1 - 1 / e) * top


def check(seed, path):
    """The last shortlist of each campaign; some must miss the optimum, else the cases are too easy."""
    last = {}
    for line in open(path):
        record = json.loads(line)
        if record["value"] and record["key"].startswith("small-"):
            last[record["key"]] = record["value"]
    found = [judge(number, seed, last[f"small-{number}"]) if f"small-{number}" in last else (True, 0.0, False) for number in range(CAMPAIGNS)]
    shares = sorted(share for _, share, _ in found)
    wrong, loose = sum(w for w, _, _ in found), sum(not holds for _, _, holds in found)
    short = sum(share < 1 - 1e-9 for share in shares)
    print(f"{CAMPAIGNS} rosters of 2 to 12 candidates: {wrong} are not plain greedy's, {loose} below the bound; "
          f"{CAMPAIGNS - short} are the optimum, the worst reaches {shares[0]:.3f} of it, on average {sum(shares) / CAMPAIGNS:.4f}")
    return wrong or loose or not 0 < short < CAMPAIGNS


def main():
    verb, seed, *words = sys.argv[1:]
    if verb == "campaigns":
        print("\n".join(json.dumps(case(number, seed)[0]) for number in range(CAMPAIGNS)))
    elif verb == "send":
        send(seed, *words)
    else:
        sys.exit(check(seed, *words))


if __name__ == "__main__":
    main()
