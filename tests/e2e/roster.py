"""roster.py: what `run roster` publishes, against what the log of fit-scores says.

  roster.py campaigns FILE              the campaigns, as NDJSON for `campaigns put`
  roster.py send BOOTSTRAP SECONDS      fit-scores of all of them, seeded, evenly over so many seconds (confluent-kafka, fastavro)
  roster.py check FITS CAMPAIGNS LISTS  NDJSON of `tail fit-scores`, `campaigns list`, `tail shortlists`: the last shortlist of each
                                        campaign is recomputed (plain greedy, sketches in Python: tests/reference), and what each
                                        shortlist says to have changed is compared with the one it names
  roster.py agree FITS                  who takes the last record of each pair knows what who orders them by version does
"""
import json
import random
import sys
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/reference"))
PARTITIONS, LANES, CREATORS, UPDATES, RANKED, AS_OF = 4, 3, 260, 900, 200, 1772454600000
GATES = ["tier", "competitor", "excluded"]
CAMPAIGNS = {  # budget in cents, its currency, slots
    "spring": (9000, "EUR", 6), "summer": (None, None, 8), "autumn": (4000, "EUR", None), "winter": (20000, "USD", 5), "ended": (None, None, 3)}


def campaign(name, slots=None):
    budget, currency, own = CAMPAIGNS[name]
    return {"campaign_id": name, "brand": "acme", "status": "ACTIVE", "updated_at": AS_OF, "slots": slots or own,
            "budget": budget and {"minor_units": budget, "currency": currency}}


# ---- send ----

PEOPLE = [random.Random(person).getrandbits(64) for person in range(4000)]


def packed(rng, size):
    """A sketch as it is sent: of so many people."""
    from actors import Registers
    return Registers(rng.sample(PEOPLE, size)).packed()


def fit(rng, name, creator, version, as_of):
    money = {"minor_units": rng.randrange(100, 3000), "currency": "USD" if name == "winter" else "EUR"}
    worked = rng.random() < .1
    return {"campaign_id": name, "creator_id": creator, "version": {"epoch": 0, "offsets": version}, "as_of": as_of,
            "methodology": {"name": "microflux-1", "version": "1", "digest": "0" * 16}, "digests": {"campaign": "0" * 16},
            "gate": rng.choice(GATES) if rng.random() < .05 else None, "score": round(rng.uniform(0, 100), 1), "confidence": rng.random(),
            "affinity": {"score": rng.uniform(0, 100), "source": "LEXICON"}, "platform": "INSTAGRAM", "tier": "MICRO",
            "followers": rng.randrange(1000, 90000), "estimate": rng.choice([None, rng.uniform(.001, .1)]),
            "price": None if name == "autumn" and rng.random() < .01 else money, "actors": packed(rng, rng.choice([0, 5, 40, 300, 900])),
            "collaboration": {"posts": 2, "newest": as_of, "engagements": rng.randrange(500)} if worked else None,
            "delivered": {"newest": as_of, "clicks": rng.randrange(90), "purchases": rng.randrange(9), "value": {"EUR": 100}} if worked else None}


def stream(rng):
    """(campaign, creator, record or None), with creators that leave and come back and records that are of before."""
    versions = {}
    for step in range(CREATORS + UPDATES):
        creator = f"creator-{step if step < CREATORS else rng.randrange(CREATORS)}"
        for name in CAMPAIGNS:
            versions[name, creator] = versions.get((name, creator), 0) + 1
            version = versions[name, creator]
            chance = rng.random()
            if version > 2 and chance < .1:
                yield name, creator, None
            else:
                late = version - 2 if version > 2 and chance < .2 else version
                yield name, creator, fit(rng, name, creator, late, AS_OF + 1000 * late)


def send(bootstrap, seconds):
    import fastavro
    from confluent_kafka import Producer
    from io import BytesIO
    schema = fastavro.parse_schema(json.loads((ROOT / "schemas/fit-score.avsc").read_text()))
    frame = b"\xc3\x01" + bytes.fromhex(fastavro.schema.fingerprint(fastavro.schema.to_parsing_canonical_form(schema), "CRC-64-AVRO"))
    producer, sent = Producer({"bootstrap.servers": bootstrap, "linger.ms": 2}), []
    begun, total = time.time(), (CREATORS + UPDATES) * len(CAMPAIGNS)
    for i, (name, creator, record) in enumerate(stream(random.Random(7))):
        out = BytesIO()
        if record:
            fastavro.schemaless_writer(out, schema, record)
        sent.append({"key": f"{name}/{creator}", "value": frame + out.getvalue() if record else None,
                     "partition": zlib.crc32(name.encode()) % PARTITIONS,
                     "headers": {"microflux.position": f"{zlib.crc32(creator.encode()) % LANES} interactions 0 {i} 0"}})
        producer.produce("fit-scores", **sent[-1])
        if i % 20 == 19:
            producer.produce("fit-scores", **sent[-1 - i % 7])  # as after a crash, or by who lost its lane
        producer.poll(0)
        time.sleep(max(0, begun + seconds * i / total - time.time()))
    assert producer.flush(60) == 0


# ---- check ----

def order(fit_score):
    return fit_score["version"]["epoch"], fit_score["version"]["offsets"], fit_score["as_of"]


def pairs_of(path):
    """{campaign: {creator: its record}} and {campaign: last offset + 1}, by the rules of the page."""
    known, ends, met = {}, {}, {}
    for record in sorted(map(json.loads, open(path)), key=lambda r: (r["partition"], r["offset"])):
        name, creator = record["key"].split("/", 1)
        pair, value = (name, creator), record["value"]
        lane, topic, *position = record["headers"]["microflux.position"].split()
        source, position = (record["partition"], lane, topic), list(map(int, position))
        if position <= met.get(source, [-1]):
            continue
        met[source], ends[name] = position, record["offset"] + 1
        if value is None:
            known.pop(pair, None)
        elif pair not in known or order(value) >= order(known[pair]):
            known[pair] = value
    return {name: {c: v for (n, c), v in known.items() if n == name} for name in ends}, ends


def agree(path):
    pairs, last = pairs_of(path)[0], {}
    for record in sorted(map(json.loads, open(path)), key=lambda r: (r["partition"], r["offset"])):
        last[record["key"]] = record["value"]
    ordered = {f"{name}/{creator}": value for name, of in pairs.items() for creator, value in of.items()}
    last = {key: value for key, value in last.items() if value}
    wrong = [key for key in ordered.keys() | last.keys() if (ordered.get(key) or {}).get("score") != (last.get(key) or {}).get("score")]
    for key in sorted(wrong)[:10]:
        print(key, *({f: one and one[f] for f in ("version", "as_of", "score")} for one in (ordered.get(key), last.get(key))))
    print(f"{len(last)} pairs: {len(wrong)} differences")
    return bool(wrong)


def registers(text):
    from actors import Registers
    return Registers.unpacked(bytes.fromhex(text or ""))


def expected(pairs, of):
    """The ranking and the roster that these pairs make under the campaign's budget and slots."""
    from roster import price_in, roster
    ranking = sorted((p for p in pairs.values() if p["gate"] is None), key=lambda p: (-p["score"], p["creator_id"]))[:RANKED]
    budget = of.get("budget") or None
    candidates = [{"creator_id": p["creator_id"], "fit": p["score"], "price": price_in(p["price"], of), "actors": registers(p["actors"]),
                   "estimate": p["estimate"], "followers": p["followers"]} for p in ranking]
    return ranking, roster(candidates, budget and budget["minor_units"], of.get("slots"))


def near(a, b):
    return abs((a or 0) - (b or 0)) <= 1e-6 * max(1, abs(a or 0))


def performance(pair, of):
    """[delivered engagements / expected, cost an engagement, cost a purchase]"""
    from roster import price_in
    work, acts = pair["collaboration"] or {"posts": 0, "engagements": 0}, pair["delivered"] or {"purchases": 0}
    hoped, price = work["posts"] * (pair["estimate"] or 0) * pair["followers"], price_in(pair["price"], of)
    cost = work["posts"] * price if price else None
    return [work["engagements"] / hoped if hoped else None, cost / work["engagements"] if cost and work["engagements"] else None,
            cost / acts["purchases"] if cost and acts["purchases"] else None]


def differences(name, pairs, of, told):
    ranking, want = expected(pairs, of)
    have = told["roster"]
    members = have["members"]
    rows = [("ranking", [[p["creator_id"], p["score"]] for p in ranking], [[r["creator_id"], r["fit"]] for r in told["ranking"]]),
            ("rejected", sorted([p["creator_id"], p["gate"]] for p in pairs.values() if p["gate"]),
             [[r["creator_id"], r["gate"]] for r in told["rejected"]]),
            ("passed", sum(p["gate"] is None for p in pairs.values()), told["passed"]),
            ("chosen", want["chosen"], [m["creator_id"] for m in members])]
    yield from ((name, what, a, b) for what, a, b in rows if a != b)
    numbers = [(f, want[f], have[f]) for f in ("total_reach", "unduplicated_reach", "expected_frequency", "expected_engagements", "cost")]
    numbers += [(f"marginal {m['creator_id']}", a, m["marginal_reach"]) for a, m in zip(want["marginal"], members)]
    numbers += [(f"exclusive {m['creator_id']}", want["exclusive"].get(m["creator_id"]), m["exclusive_reach"]) for m in members]
    numbers += [("so far", sum(want["marginal"]), members[-1]["reach_so_far"])] if members else []
    for p, r in zip(ranking, told["ranking"]):
        numbers.append((f"reach {p['creator_id']}", registers(p["actors"]).estimate(), r["reach"]))
        said = r["performance"] or {}
        fields = "delivery", "cost_per_engagement", "cost_per_conversion"
        numbers += [(f"{f} {p['creator_id']}", a, said.get(f)) for f, a in zip(fields, performance(p, of))]
    yield from ((name, what, a, b) for what, a, b in numbers if not near(a, b))


def changed_wrongly(lists):
    """Each shortlist's changes against the last one before it with the version it names."""
    seen, n = {}, 0
    for name, told in lists:
        since = told["changes"] and seen.get((name, told["changes"]["since"]["offsets"]))
        ranked = [r["creator_id"] for r in told["ranking"]]
        if since:
            n += 1
            before = [r["creator_id"] for r in since["ranking"]]
            entered, left = [c for c in ranked if c not in before], [c for c in before if c not in ranked]
            moved = {c: (before.index(c) + 1, i + 1) for i, c in enumerate(ranked) if c in before and before.index(c) != i}
            changes = told["changes"]
            if (entered, left, moved) != (changes["entered"], [c["creator_id"] for c in changes["left"]],
                                          {m["creator_id"]: (m["from"], m["to"]) for m in changes["moved"]}):
                yield name, told["version"]["offsets"], "changes since", told["changes"]["since"]["offsets"]
        seen[name, told["version"]["offsets"]] = told
    print(f"{n} shortlists say what changed since one that was published")


def check(fits, campaigns, lists):
    pairs, ends = pairs_of(fits)
    live = {c["campaign_id"]: c for c in map(json.loads, open(campaigns))}
    records = [(r["key"], r["value"]) for r in sorted(map(json.loads, open(lists)), key=lambda r: r["offset"])]
    last = {}
    for name, told in records:
        if told is None or not last.get(name) or order(told) >= order(last[name]):
            last[name] = told
    wrong = list(changed_wrongly([r for r in records if r[1]]))
    for name in ends:
        told = last.get(name, "nothing")
        if (told is None) != (name not in live) or told == "nothing":
            wrong.append((name, "is there", name in live, told is not None))
        elif told and not 0 < told["version"]["offsets"] <= ends[name]:
            wrong.append((name, "version", ends[name], told["version"]))
        elif told:
            wrong += differences(name, pairs[name], live[name], told)
    for row in wrong[:10]:
        print(*(str(part)[:300] for part in row))
    print(f"{len(records)} shortlists of {len(ends)} campaigns, {sum(map(len, pairs.values()))} pairs: {len(wrong)} differences")
    return bool(wrong)


def main():
    verb, *words = sys.argv[1:]
    if verb == "campaigns":
        Path(words[0]).write_text("".join(json.dumps(campaign(name)) + "\n" for name in CAMPAIGNS))
    elif verb == "send":
        send(words[0], float(words[1]))
    elif verb == "agree":
        sys.exit(agree(*words))
    else:
        sys.exit(check(*words))


if __name__ == "__main__":
    main()
