"""Runs the worked examples of scoring.md against the reference.

    python3 examples.py [FOLDER]   default: tests/examples

Input examples are applied in list order and in seeded interleavings of the topics (each in its order). An
interleaving in which a placeholder expires or a ninth one is refused is passed over: its values may differ.
Rosters are made twice, of sets and of sketches. An example of a section the reference does not have would be passed over.
"""
import json
import random
import sys
from pathlib import Path

from calls import CALLS, SKETCHED
from engagement import estimate, mature_organic
from peers import Cell, Peers
from records import COUNTERS, KINDS, TOPICS, Setup
from reference import Creator
from common import round_rate
from text import here

SECTIONS = {"§0.1", *(f"§{i}" for i in range(13))}
SHUFFLES = 20
RATES = {"engagement_rate", "engagement_rate_lc", "engagement_rate_views", "engagement_rate_estimate",
         "velocity", "saturation", "reply_share", "share", "suspicious_share", "suspicious_low", "suspicious_high"}
SCORES = {"score", "contributions", "penalties"}
WINDOW_NAMES = {"24h": "last_24h", "7d": "last_7d", "30d": "last_30d", "90d": "last_90d"}
MISSING = object()


def wanted_example(example):
    """True for examples of sections 0 to 12."""
    return {s.strip() for s in example["section"].split(",")} <= SECTIONS


def kinds(record):
    """Published counts under the names of the kinds."""
    return {kind: record[name] for kind, name in zip(KINDS, COUNTERS)}


def example_values(creator):
    """The values of creator c1 under the names the examples use."""
    record = creator.values()
    tier = record["tiers"][0] if record["tiers"] else {"tier": None, "since": None, "band": None}
    series = [(p.engagements(), p.followers) for p in mature_organic(creator, creator.as_of)]
    cell = creator.setup.peers and creator.setup.peers.always
    inner = estimate(series, cell and cell.at(50))
    parts = record["authenticity"]["parts"]
    names = {"tier": tier["tier"], "tier_since": tier["since"], "band": tier["band"],
             "engagement_rate_n": record["engagement_rate_posts"],
             "engagement_rate_estimate": round_rate(inner["estimate"]) if inner else None, "estimate": inner,
             "totals": kinds(record["totals"]), "metrics": creator.metrics,
             "windows": {name: kinds(record[field]) for name, field in WINDOW_NAMES.items()},
             "posts_in_ring": len(creator.ring()), "saturation": record["commercial"]["saturation"],
             "audience": parts["audience"], "terms": parts["engagement"]["terms"],
             "engagement_authenticity": parts["engagement"], "reply_share": record["community"]["reply_share"],
             "repeat": record["community"]["repeat"], "unique_actors": record["community"]["unique_actors"]}
    for name, field in WINDOW_NAMES.items():
        names["engagements_" + name] = record[field]["engagements"]
    names["posts"] = {p.post_id: {**{name: max(0, n) for name, n in zip(COUNTERS, p.counts)},
                                  "engagements": p.engagements(), "followers": p.followers,
                                  "sponsored": p.sponsored} for p in creator.posts.values()}
    return {**record, **names}


def leaves(expected, path=()):
    """(path, value) of every value of a nested expectation; an empty object is one."""
    for name, value in expected.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, path + (name,))
        else:
            yield path + (name,), value


def equal(path, wanted, found, counted=False):
    """The tolerances of the examples' README; counted: a value of HyperLogLog, 3 %."""
    if isinstance(wanted, list):
        return isinstance(found, list) and len(wanted) == len(found) and all(
            equal(path, w, f, counted) for w, f in zip(wanted, found))
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(equal(path + (k,), w, found.get(k), counted) for k, w in wanted.items())
    if counted and isinstance(wanted, (int, float)):
        return isinstance(found, (int, float)) and abs(wanted - found) <= 0.03 * wanted
    if isinstance(wanted, float) and isinstance(found, (int, float)):
        absolute = 1e-3 if SCORES & set(path) else 1.000001e-7 if path[-1] in RATES else 0.0
        return abs(wanted - found) <= max(1e-6 * abs(wanted), absolute)
    return wanted == found and isinstance(wanted, bool) == isinstance(found, bool)


class Tally:
    """Counts compared values and prints those that differ."""

    def __init__(self):
        self.passed = self.failed = 0

    def compare(self, where, expected, values, counted=False):
        """Every value of `expected` against the one of the same path; counted: all of them by HyperLogLog."""
        for path, wanted in leaves(expected):
            found = values
            for name in path:
                found = found.get(name, MISSING) if isinstance(found, dict) else MISSING
            if found is not MISSING and equal(path, wanted, found, counted or path[-1] == "unique_actors"):
                self.passed += 1
            else:
                self.failed += 1
                shown = "no such value" if found is MISSING else repr(found)
                print(f"{where}: {'/'.join(path)}: wanted {wanted!r}, found {shown}")


def interleavings(records):
    """List order, then seeded interleavings that keep the order of each topic."""
    yield "list order", records
    for seed in range(SHUFFLES):
        chooser = random.Random(seed)
        queues = [[r for r in records if r["topic"] == topic] for topic in TOPICS]
        queues = [q for q in queues if q]
        mixed = []
        while queues:
            queue = chooser.choice(queues)
            mixed.append(queue.pop(0))
            queues = [q for q in queues if q]
        yield f"seed {seed}", mixed


def run_input(name, example, tally):
    """An example with records, and with a peer table if it has one."""
    table = example.get("peer_table")
    setup = Setup(text=here(), peers=Peers(always=Cell(table["n"], tuple(table["quantiles"]))) if table else None)
    for order, records in interleavings(example["input"]):
        creator = Creator("c1", setup)
        for r in records:
            if r["value"] is None or r["value"].get("creator_id") == "c1":
                creator.apply(r["topic"], r["offset"], r["timestamp"], r["value"])
        lost = creator.metrics["expired"] + creator.metrics["refused"]
        if order == "list order" or not lost:
            values = example_values(creator)
            tally.compare(f"{name} ({order})", example["expect"], values)
            if "unique_actors" in example["expect"]:         # the same by the sketch of the page
                values["unique_actors"] = creator.actors.unique_sketch(creator.as_of)
                tally.compare(f"{name} ({order}, sketch)", {"unique_actors": example["expect"]["unique_actors"]},
                              values)


def run_call(name, example, tally):
    """An example with one calculation on direct arguments."""
    for i, case in enumerate(example["cases"]):
        call, sketched = CALLS.get(example["call"]), SKETCHED.get(example["call"])
        tally.compare(f"{name} (case {i})", case["expect"], call(**case["arguments"]) if call else {})
        if sketched:
            tally.compare(f"{name} (case {i}, sketch)", case["expect"], sketched(**case["arguments"]), counted=True)


def main():
    """Runs all examples of a folder; 0 passed, 1 failed or nothing compared, 2 no folder."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1] / "examples"
    if not folder.is_dir():
        print(f"examples not found: {folder}")
        return 2
    tally = Tally()
    for path in sorted(folder.glob("*.json")):
        example = json.loads(path.read_text(encoding="utf-8"))
        if wanted_example(example):
            (run_input if "input" in example else run_call)(path.name, example, tally)
            continue
        print(f"passed over, {example['section']}: {path.name}")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
