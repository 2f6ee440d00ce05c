"""§10, what a lane publishes; §11: rosters of random audiences, against the best of all rosters; run by properties.py."""
from itertools import combinations
from math import exp

from actors import Registers
from best import Best, merged, ranked
from roster import error_of, exclusive, greedy, overlap, price_in, roster, size, union


def published(checks, chooser):
    """The best 200: entered, changed by 0.5, left; lanes together hold the best of all."""
    few = {f"c{i:03}": 50.0 for i in reversed(range(201))}
    best = Best()
    news = best.update({**few, "none": None, "zero": 0.0, "tiny": 0.0004})
    checks.true("200, ties to the smaller id", [creator for creator, _, _ in news] == sorted(few)[:200])
    checks.true("entered", all(row[1:] == ("entered", 50.0) for row in news))
    news = best.update({**few, "c000": 50.4994, "c001": 50.5, "c002": 49.0})
    checks.true("0.5 or more, and out", news == [("c001", "changed", 50.5), ("c002", "left", None), ("c200", "entered", 50.0)])
    checks.true("against what was told", best.update({**few, "c000": 50.6, "c001": 50.9, "c002": 49.0}) == [("c000", "changed", 50.6)])
    checks.true("gone altogether", len(best.update({})) == 200 and not best.told)
    checks.true("0 has no place", not best.update({"zero": 0.0, "tiny": 0.0004, "none": None}))
    fits, lanes = {}, [Best() for _ in range(3)]
    for _ in range(12):
        for i in chooser.sample(range(900), 300):
            fits[f"c{i}"] = chooser.choice((None, 0.0, chooser.uniform(0, 100)))
        for lane, told in enumerate(lanes):
            mine = {c: f for c, f in fits.items() if int(c[1:]) % 3 == lane}
            told.update(mine)
            now = dict(ranked(mine))
            checks.true("told are the best", set(told.told) == set(now))
            checks.true("and no staler than 0.5", all(abs(told.told[c] - now[c]) < 0.5 for c in now))
            checks.true("nothing new", told.update(mine) == [])
        parts = [ranked({c: f for c, f in fits.items() if int(c[1:]) % 3 == lane}) for lane in range(3)]
        checks.true("merged: the best of all", merged(parts) == ranked(fits))
        checks.true("best first", all(a[1] >= b[1] for a, b in zip(merged(parts), merged(parts)[1:])))


def candidates(chooser, n, prices=True, fit=None):
    """Random audiences of the same 40 actors."""
    return [{"creator_id": name, "fit": fit or chooser.randrange(1, 101), "price": chooser.randrange(1, 9) if prices else None,
             "actors": set(chooser.sample(range(40), chooser.randrange(0, 14))), "estimate": 0.1, "followers": 50}
            for name in "abcdefghij"[:n]]


def optimum(rows, budget=None, slots=None):
    """The largest unduplicated reach of all rosters allowed, by trying them all."""
    allowed = (rows_ for n in range(len(rows) + 1) for rows_ in combinations(rows, n) if slots is None or n <= slots)
    return max(union(c["actors"] for c in some) for some in allowed if budget is None or sum(c["price"] for c in some) <= budget)


def rosters(checks, chooser):
    """What every roster keeps, and how far from the best it may be."""
    for _ in range(60):
        rows, budget, slots = candidates(chooser, 7), chooser.choice((None, chooser.randrange(1, 25))), chooser.choice((None, 1, 3))
        found = roster(rows, budget, slots)
        members = [c for c in rows if c["creator_id"] in found["chosen"]]
        checks.true("within its limits", (budget is None or found["cost"] <= budget) and (slots is None or len(members) <= slots))
        checks.true("marginal reach adds up", sum(found["marginal"]) == found["unduplicated_reach"] <= found["total_reach"])
        checks.true("exclusive ≤ marginal", all(found["exclusive"][c] <= m for c, m in zip(found["chosen"], found["marginal"])))
        checks.true("everybody adds somebody", all(m > 0 for m in found["marginal"]))
        checks.true("no order of candidates", roster(chooser.sample(rows, len(rows)), budget, slots) == found)
        checks.true("frequency", not members or found["expected_frequency"] == found["total_reach"] / found["unduplicated_reach"] >= 1)
        checks.true("engagements", found["expected_engagements"] == 5.0 * len(members))
        checks.true("cost", found["cost"] == sum(c["price"] for c in members))
        checks.true("never above the best", found["unduplicated_reach"] <= optimum(rows, budget, slots))
        rest = [c for c in rows if c not in members]
        left = None if budget is None else budget - found["cost"]
        reached = set().union(*(m["actors"] for m in members))
        stuck = all(not c["actors"] - reached or (left is not None and c["price"] > left) for c in rest)
        checks.true("nothing left to add", stuck or len(members) == slots)
        equal = candidates(chooser, 7, prices=False, fit=100)
        reach = roster(equal, None, 3)
        checks.true("at least 1 − 1/e of the best", reach["unduplicated_reach"] >= (1 - exp(-1)) * optimum(equal, None, 3))
        curve = reach["marginal"]
        checks.true("the curve falls", all(a >= b for a, b in zip(curve, curve[1:])))


def chosen(rows, **limits):
    """Names in the order of choice; rows: (name, fit, price, actors)."""
    return [c["creator_id"] for c, _ in greedy([dict(zip(("creator_id", "fit", "price", "actors"), row)) for row in rows], **limits)]


def rules(checks):
    """Ties, prices, what is passed over, by hand."""
    one, two = {1, 2, 3, 4}, {5, 6}
    checks.true("ties", chosen([("b", 50, 1, two), ("a", 50, 1, {7, 8})], slots=1) == ["a"])
    checks.true("fit counts", chosen([("a", 30, 1, one), ("b", 70, 1, two)], slots=1) == ["b"])
    checks.true("price counts", chosen([("a", 50, 3, one), ("b", 50, 1, two)], slots=1) == ["b"])
    checks.true("not if one lacks it", chosen([("a", 50, 3, one), ("b", 50, 1, two), ("c", 1, None, {9})], slots=1) == ["a"])
    checks.true("nor does the budget then", chosen([("a", 50, 3, one), ("b", 50, None, two)], budget=1) == ["a", "b"])
    checks.true("passed over", chosen([("a", 90, 3, one), ("b", 20, 2, two)], budget=2) == ["b"])
    checks.true("exactly the budget", chosen([("a", 90, 3, one)], budget=3) == ["a"])
    checks.true("fit 0 adds nothing", chosen([("a", 0, 1, one)]) == [])
    checks.true("nobody", roster([])["expected_frequency"] is None and roster([])["unduplicated_reach"] == 0)
    euro = {"budget": {"minor_units": 9, "currency": "EUR"}}
    checks.true("currency", (price_in({"minor_units": 5, "currency": "EUR"}, euro), price_in({"minor_units": 5, "currency": "USD"}, euro),
                             price_in({"minor_units": 0, "currency": "EUR"}, euro), price_in(None, euro),
                             price_in({"minor_units": 5, "currency": "EUR"}, {})) == (5, None, None, None, None))
    members = [{"creator_id": n, "actors": a} for n, a in (("a", {1, 2, 3}), ("b", {3, 4}), ("c", {4}))]
    checks.true("exclusive", exclusive(members) == {"a": 2, "b": 0, "c": 0})


def sketched(checks, chooser):
    """By sketches as by sets, within 3 of their errors; overlap and its own error."""
    hashes = [chooser.getrandbits(64) for _ in range(12_000)]
    ranges = {"a": (0, 6000), "b": (4000, 8000), "c": (7000, 12_000), "d": (100, 900)}
    sets = [{"creator_id": n, "fit": 80, "price": 1, "actors": set(hashes[i:j])} for n, (i, j) in ranges.items()]
    by_sketch = [{**c, "actors": Registers(c["actors"])} for c in sets]
    ours, theirs = roster(by_sketch, slots=3), roster(sets, slots=3)
    checks.true("the same choice", ours["chosen"] == theirs["chosen"] == ["a", "c", "b"])
    room = 3 * 0.023 * theirs["unduplicated_reach"]
    for name in ("total_reach", "unduplicated_reach", "expected_frequency"):
        checks.true(name, abs(ours[name] / theirs[name] - 1) < 0.069)
    checks.true("marginal", all(abs(a - b) < room for a, b in zip(ours["marginal"], theirs["marginal"])))
    checks.true("exclusive", all(abs(ours["exclusive"][c] - n) < room for c, n in theirs["exclusive"].items()))
    checks.true("one within another", size(union_of(by_sketch[0], by_sketch[3])) == size(by_sketch[0]["actors"]))
    checks.true("overlap of sets", overlap({1, 2, 3, 4}, {4, 5}) == 0.5 and overlap({1}, {2}) == 0 and overlap(set(), {1}) is None)
    within = overlap(by_sketch[0]["actors"], by_sketch[3]["actors"])
    checks.true("overlap", within is not None and abs(within - 1) < 0.069)
    checks.true("error of three estimates", abs(error_of((3, 4, 12)) - 0.023 * 13) < 1e-12)
    checks.true("below its own error", overlap(Registers(hashes[:5000]), Registers(hashes[5000:10_000])) is None)
    checks.true("small against the error", overlap(Registers(hashes[:5000]), Registers(hashes[4900:10_000])) is None)


def union_of(a, b):
    """Sketches of two candidates."""
    return a["actors"].union(b["actors"])


def roster_checks(checks, chooser):
    """All of them."""
    published(checks, chooser)
    rosters(checks, chooser)
    rules(checks)
    sketched(checks, chooser)
