"""audience.py DIR: the chain from comments to what creators learnt, counted again from the logs in DIR/TOPIC.log
(`microflux tail --format json`) and compared with DIR/states (`microflux state --all`):

- every comment of another is one edge of audience-edges, once its repetitions are dropped by position, in the order of the log;
- the updates of affinity-updates are those that the reference makes of the edges, each once its repetitions are dropped;
- met and y of each creator are the count and the sum of its updates.

Prints each difference, then what was compared; exit 1 when something differs, or when nothing was sent twice."""
import json
import os
import sys
from collections import Counter, defaultdict

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "reference"))
from audience import AudienceLane, Edge  # noqa: E402

LATE = 92 * 24 * 3600 * 1000


def read(folder, topic):
    for line in open(os.path.join(folder, topic + ".log"), encoding="utf-8"):
        yield json.loads(line)


def vector(u):
    return u["scale"], tuple(c - 256 if c > 127 else c for c in bytes.fromhex(u["codes"]))


def first_ones(records, input_):
    """Records without those whose position is at or below the last one of their source, per partition: (position, record)."""
    last = {}
    for record in records:
        lane, topic, *at = record["headers"]["microflux.position"].split()
        source, at = (record["partition"], lane, topic), tuple(map(int, at))
        assert topic == input_, record
        if at > last.get(source, (-1, -1, -1)):
            last[source] = at
            yield (int(lane), *at), record


def comments(folder):
    """(lane, epoch, offset, 0) → (creator, occurred_at) of each comment that is an edge."""
    for record in read(folder, "interactions"):
        value = record["value"]
        if (value["kind"] == "COMMENT" and value["count"] > 0 and value["actor_id"] not in (None, value["creator_id"])
                and record["timestamp"] - value["occurred_at"] <= LATE):
            yield (record["partition"], 0, record["offset"], 0), (value["creator_id"], value["occurred_at"])


def compare(what, wanted, found):
    different = [at for at in {**wanted, **found} if wanted.get(at) != found.get(at)]
    for at in different[:5]:
        print(f"{what} {at}: wanted {str(wanted.get(at))[:90]}, found {str(found.get(at))[:90]}")
    return len(different)


def main():
    folder, bad = sys.argv[1], 0
    log = {topic: list(read(folder, topic)) for topic in ("audience-edges", "affinity-updates")}
    wanted = dict(comments(folder))
    edges, lanes, found, updates = Counter(), defaultdict(AudienceLane), {}, {}
    for at, record in first_ones(log["audience-edges"], "interactions"):
        value = record["value"]
        edges[at] += 1
        found[at] = (value["creator_id"], value["occurred_at"])
        edge = Edge(value["actor"], value["creator_id"], vector(value["u"]), value["occurred_at"], value["embedding"])
        for ordinal, update in enumerate(lanes[record["partition"]].meet(edge)):
            updates[record["partition"], 0, record["offset"], ordinal] = (update.to, update.u)
    bad += compare("edge", wanted, found) + sum(n != 1 for n in edges.values())
    told, met, y = {}, Counter(), defaultdict(lambda: [0.0] * 64)
    for at, record in first_ones(log["affinity-updates"], "audience-edges"):
        creator, (scale, codes) = record["value"]["creator_id"], vector(record["value"]["u"])
        told[at] = (creator, (scale, codes))
        met[creator] += 1
        y[creator] = [a + scale * c for a, c in zip(y[creator], codes)]
    bad += compare("update", updates, told)
    states = {s["creator"]: s["audience"] for s in map(json.loads, open(os.path.join(folder, "states")))}
    bad += compare("met of", dict(met), {c: a["met"] for c, a in states.items() if a})
    for creator, audience in states.items():
        off = max((abs(a - b) for a, b in zip(audience["y"], y[creator])), default=0) if audience else 0
        if off > 1e-4 * (1 + met[creator]):
            print(f"y of {creator}: {off} off after {met[creator]} updates")
            bad += 1
    speak = sum(any(codes) for _, (_, codes) in told.values())
    repeated = len(log["audience-edges"]) - len(found), len(log["affinity-updates"]) - len(told)
    print(f"{len(found)} edges and {repeated[0]} repetitions, {len(told)} updates ({speak} of a known content) and {repeated[1]} "
          f"repetitions, {len(met)} creators, {bad} differ")
    return bool(bad) or not (found and told and speak and sum(repeated))  # else it shows nothing


if __name__ == "__main__":
    sys.exit(main())
