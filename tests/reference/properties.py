"""Properties of the reference that scoring.md promises: ranges, order-free state, sums, monotone confidences; edges.

    python3 properties.py [SEEDS]   default 6 streams; last line `N passed, N failed`
"""
import random
import sys

from actors import Actors, Registers, siphash
from alert_checks import alert_checks
from authenticity import TERMS, audience_part, content_part, engagement_part, likes_terms, wilson
from checks import Checks
from common import evidence, quantile, ramp, weigh
from community import community
from edges import edges
from engagement import estimate
from fit_checks import fit_checks
from growth import growth_part
from methodology import C
from peers import Cell, Histogram, Peers, levels, peer_score, percentile
from records import COMMENT, DAY, HOUR, LIKE, Setup
from reference import Creator
from roster_checks import roster_checks
from streams import START, applied, jittered, posts_first, setup, stream
from topics import focus, histogram
from vector_checks import vector_checks

FRACTIONS = ("confidence", "share", "suspicious_share", "saturation")
SIP_KEY = bytes(range(16))
SIP = {0: 0x726FDB47DD0E0E31, 1: 0x74F839C593DC67FD, 7: 0xAB0200F58B01D137, 8: 0x93F5F5799A932462,
       15: 0xA129CA6149BE45E5}                   # of the authors: input 00 01 02 …, by length


def without(values, *names):
    """A record without some of its fields."""
    return {name: value for name, value in values.items() if name not in names}


def order_free(checks, seed):
    """§0.1: the same set of records gives the same values and state.

    With more than 40 profile days what has left is a fold, so that the order of profiles counts.
    """
    beside, met = setup(), 0
    for n_posts, every in ((28, 2), (60, 1)):
        records = stream(seed, n_posts, every)
        first = applied(records, beside)
        orders = [jittered(records, s) for s in range(6)]
        orders += [posts_first(records, s) for s in range(3)] if n_posts <= 32 else []
        for i, order in enumerate(orders):
            other = applied(order, beside)
            if other.metrics["refused"] or other.metrics["expired"]:
                continue
            met += 1
            where = f"seed {seed}, {n_posts} posts, order {i}: "
            checks.true(where + "state", other.state() == first.state())
            checks.true(where + "values", other.values() == first.values())
            ours, theirs = ([f[2] for f in creator.fingerprints] for creator in (first, other))
            checks.true(where + "fingerprints", ours == theirs)
    checks.true(f"seed {seed}: most orders lose no placeholder", met >= 8)


def values_of(node, path=()):
    """(path, value) of all leaves of a record."""
    if isinstance(node, (dict, list)):
        for name, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from values_of(value, path + (name,))
    else:
        yield path, node


def ranges(checks, seed):
    """Scores 0..100, confidences and shares 0..1, counts ≥ 0, sums of weights and contributions."""
    records, creator = stream(seed, 45), Creator("c1", setup())
    for i, record in enumerate(records):
        creator.apply(*record)
        if i % 97 and i + 1 < len(records):
            continue
        values = creator.values()
        for path, value in values_of(values):
            if value is None or isinstance(value, (str, bool)):
                continue
            name = path[-1]
            if name in ("score", "percentile") or "penalties" in path:
                checks.true(f"{path} {value}", 0 <= value <= 100)
            elif name in FRACTIONS or {"weights", "posterior"} & set(path):
                checks.true(f"{path} {value}", 0 <= value <= 1)
            elif name != "z" and not {"value", "terms", "growth"} & set(path):
                checks.true(f"{path} {value}", value >= 0)
        sums(checks, values)
        estimated = values["estimate"]
        checks.true("low < rate < high", not estimated or estimated["low"] < estimated["rate"] < estimated["high"])


def sums(checks, values):
    """Final weights sum to 1, contributions to the score, parts of a record to their wholes."""
    for name in ("authenticity", "creator_score"):
        total = values[name]
        if total["score"] is not None:
            n = len(total["weights"])
            checks.true(f"{name}: weights", abs(sum(total["weights"].values()) - 1) <= n * 1e-7)
            checks.true(f"{name}: contributions",
                        abs(sum(total["contributions"].values()) - total["score"]) <= (n + 1) * 5.1e-4)
    for window in ("last_24h", "last_7d", "last_30d", "last_90d", "totals"):
        counts = values[window]
        checks.true(window, counts["engagements"] == sum(counts[k] for k in "likes comments shares saves".split()))
    for niches in (values["topics"]["posterior"],):
        checks.true("posterior sums to 1", not niches or abs(sum(niches.values()) - 1) < 1e-6)


def arithmetic(checks, chooser):
    """Properties of the formulas on random arguments."""
    for _ in range(200):
        names = "abcd"
        weights = {name: chooser.random() for name in names}
        parts = {name: (chooser.choice((None, 100 * chooser.random())), chooser.random()) for name in names}
        total = weigh(parts, weights)
        scores = [score for score, _ in parts.values() if score is not None]
        if total["score"] is not None:
            checks.true("weigh: between its parts", min(scores) - 1e-9 <= total["score"] <= max(scores) + 1e-9)
        name = chooser.choice(names)
        if parts[name][0] is not None:
            surer = {**parts, name: (parts[name][0], min(1, parts[name][1] + 0.1))}
            checks.true("weigh: surer parts, surer score", weigh(surer, weights)["confidence"] >= total["confidence"])
        x, y = sorted((chooser.uniform(0, 2), chooser.uniform(0, 2)))
        checks.true("ramp grows", 0 <= ramp(x, 0.5, 1.5) <= ramp(y, 0.5, 1.5) <= 1)
        checks.true("peer score grows", 0 <= peer_score(x, 0.7) <= peer_score(y, 0.7) < 100)
    for q in (0, 0.1, 0.5, 0.9, 1):
        checks.true("quantile of an even row", abs(quantile(range(11), q) - 10 * q) < 1e-12)
    p, low, high = 0.3, *wilson(0.3, 50, 1.96)
    checks.true("Wilson", low < p < high)


def estimates(checks, chooser):
    """§2: between the posts and the peers; more posts, more confidence, narrower."""
    for _ in range(50):
        series = [(chooser.randrange(200), chooser.randrange(500, 5000)) for _ in range(20)]
        logs, peer = [(e + 0.5) / f for e, f in series], chooser.uniform(0.001, 0.2)
        for n in (1, 5, 20):
            found, more = estimate(series[:n], peer), estimate(series[:n] + series[:1], peer)
            low, high = min(logs[:n] + [peer]), max(logs[:n] + [peer])
            checks.true("estimate between posts and peers", low * 0.999999 <= found["estimate"] <= high * 1.000001)
            checks.true("estimate narrows", more["high"] / more["low"] < found["high"] / found["low"])
            checks.true("estimate gains confidence", found["confidence"] < more["confidence"] < 1)


def parts(checks, chooser):
    """§4, §6, §7: confidence grows with the evidence, scores fall with what is suspicious."""
    for n in range(1, 60):
        checks.true("evidence", 0 < evidence(n, 7) < evidence(n + 1, 7) < 1)
        for part in (lambda n: audience_part([9] * n), lambda n: community(0.1, 0.1, n),
                     lambda n: content_part(n + 4, 0.1, 0), lambda n: engagement_part({"step": 1}, n),
                     lambda n: focus([0.5, 0.5], n)):
            checks.true("one more, surer", part(n)["confidence"] < part(n + 1)["confidence"] < 1)
    for _ in range(100):
        x = {name: chooser.uniform(0, 3) for name in chooser.sample(TERMS, chooser.randrange(1, 7))}
        part = engagement_part(x, 12)
        worse, name = dict(x), chooser.choice(list(x))
        worse[name] += 0.2
        checks.true("a term more, less score", engagement_part(worse, 12)["score"] <= part["score"])
        other = next(t for t in TERMS if t not in x)
        checks.true("a term with evidence, more confidence",
                    engagement_part({**x, other: 0}, 12)["confidence"] > part["confidence"])
        checks.true("posts, more confidence", engagement_part(x, 13)["confidence"] > part["confidence"])
        ps = [chooser.randrange(256) for _ in range(30)]
        checks.true("fakes, less audience", audience_part(ps + [255])["score"] <= audience_part(ps)["score"])
        p = [chooser.random() for _ in range(8)]
        p = [v / sum(p) for v in p]
        mixed = chooser.sample(p, 8)
        checks.true("focus has no order", abs(focus(p, 3)["score"] - focus(mixed, 3)["score"]) < 1e-9)
        checks.true("focus in range", 0 <= focus(p, 3)["score"] <= 100)
        likes = [chooser.randrange(1000) for _ in range(24)]
        doubled = likes_terms([(n + 1) * 4 - 1 for n in likes], [5] * 24)
        plain = likes_terms(likes, [5] * 24)
        checks.true("step has no scale", abs(doubled["step"] - plain["step"]) < 1e-9)
    days = [{"day": 100 + i, "followers": 10_000 + 10 * i + 5 * (i % 3)} for i in range(30)]
    checks.true("steady growth", growth_part(days, {})["score"] == 100)
    for n in range(8, 30):
        checks.true("growth confidence",
                    growth_part(days[:n], {})["confidence"] < growth_part(days[:n + 1], {})["confidence"])


def peers(checks, chooser):
    """§3: quantiles grow, the percentile of a quantile is its level, entries can be taken out and merged."""
    lanes, every = [Histogram() for _ in range(3)], Histogram()
    values = [chooser.gauss(-4, 1) for _ in range(3000)] + [-50.0, 3.0]
    for i, m in enumerate(values):
        lanes[i % 3].add(m)
        every.add(m)
    lanes[0].add(-2.5)
    lanes[0].add(-2.5, -1)
    for other in lanes[1:]:
        lanes[0].merge(other)
    checks.true("merged lanes are the whole", lanes[0].bins == every.bins and sum(every.bins) == len(values))
    quantiles = every.cell().quantiles
    checks.true("quantiles grow", all(a < b for a, b in zip(quantiles, quantiles[1:])))
    for level, q in zip(levels(), quantiles):
        checks.true("percentile of a quantile", abs(percentile(q, quantiles) - level) < 1e-6)
    checks.true("outside", percentile(1e-9, quantiles) == 1 and percentile(2, quantiles) == 99)
    for n, source in ((99, "BENCHMARK"), (100, "STREAM")):
        cells = Peers({("X", "1K"): Cell(n, quantiles)}, {("X", "1K"): Cell(0, quantiles, "BENCHMARK")})
        checks.true(f"{n} creators", cells.cell("X", "1K").source == source)
    checks.true("no table", Peers().cell("X", "1K") is None)


def sketches(checks, chooser):
    """§0.1: SipHash, HyperLogLog, the bottom-64 sample."""
    for n, wanted in SIP.items():
        checks.true(f"SipHash of {n} bytes", siphash(SIP_KEY, bytes(range(n))) == wanted)
    hashes = [chooser.getrandbits(64) for _ in range(20_000)]
    for n in (3, 60, 1000, 20_000):
        checks.true(f"sketch of {n}", abs(Registers(hashes[:n]).estimate() / n - 1) < 3 * 0.023)
    half = Registers(hashes[:9000]).union(Registers(hashes[7000:]))
    checks.true("union of sketches", half.ranks == Registers(hashes).ranks)
    acts = [(START + chooser.randrange(41 * DAY), chooser.choice(hashes[:900]), chooser.randrange(256),
             f"p{chooser.randrange(9)}") for _ in range(4000)]
    newest = (START + 41 * DAY) // (14 * DAY)
    kept = [act for act in acts if act[0] // (14 * DAY) > newest - 3]
    wanted = sorted({h for _, h, _, _ in kept})[:64]
    for _ in range(3):
        actors = Actors()
        chooser.shuffle(acts)
        for act in acts:
            actors.add(*act)
        sample = actors.sample(START + 41 * DAY)
        checks.true("the 64 smallest hashes", list(sample) == wanted)
        checks.true("the larger P(fake)", all(v == max(p for _, other, p, _ in kept if other == h)
                                              for h, (v, _) in sample.items()))
        checks.true("two posts", all((len(posts) == 2) == (len({p for _, other, _, p in kept if other == h}) > 1)
                                     for h, (_, posts) in sample.items()))
        checks.true("distinct actors", actors.unique(START + 41 * DAY) == len({h for _, h, _, _ in kept}))
        checks.true("gone after 42 days", actors.unique(START + 90 * DAY) == 0)


def take_backs(checks, seed):
    """An act and its taking back leave the counters as they were; a deletion hides, a new record shows again."""
    records, beside = stream(seed, 20), setup()
    creator = applied(records, beside)
    before, at = creator.values(), creator.as_of
    post = creator.ring()[0]
    for count in (5, -5):
        creator.apply("interactions", 10 ** 6 + count, at, {"creator_id": "c1", "post_id": post.post_id, "kind": "LIKE",
                                                            "count": count, "occurred_at": at, "actor_id": "c1"})
    checks.true("taken back", without(creator.values(), "version") == without(before, "version"))
    record = {"creator_id": "c1", "post_id": post.post_id, "posted_at": post.posted_at, "tags": ["zzz"],
              "disclosed": post.sponsored}
    creator.apply("posts", 10 ** 6, at, {**record, "deleted": True})
    checks.true("deleted", post.post_id not in [p.post_id for p in creator.ring()])
    checks.true("windows stay", creator.values()["last_90d"] == before["last_90d"])
    creator.apply("posts", 10 ** 6 + 1, at, record)
    checks.true("shown again", creator.values()["engagement_rate"] == before["engagement_rate"])


def totals(checks, chooser):
    """§0.1, `counting.totals`: the differences add up to the newest total; single events feed the actors only."""
    beside = Setup(totals={"YOUTUBE": ["VIEW", "LIKE", "COMMENT"]})
    creator, at = Creator("c1", beside), START + 50 * DAY
    creator.apply("profiles", 0, at, {"creator_id": "c1", "observed_at": at, "followers": 5, "platform": "YOUTUBE"})
    post = {"creator_id": "c1", "post_id": "p", "posted_at": at}
    snapshots = [(at + i * HOUR, 10 * i + chooser.randrange(5)) for i in range(20)]
    chooser.shuffle(snapshots)
    newest = 0
    for i, (seen, likes) in enumerate(snapshots):
        newest = max(newest, seen)
        metrics = {"observed_at": seen, "likes": likes, "saves": 4}
        like = {"creator_id": "c1", "post_id": "p", "kind": "LIKE", "count": 3, "occurred_at": at, "actor_id": f"a{i}"}
        creator.apply("posts", i, at + 30 * HOUR, {**post, "metrics": metrics})
        creator.apply("interactions", i, at + 30 * HOUR, like)
        wanted = dict(snapshots)[newest]
        checks.true("totals count", creator.posts["p"].count(LIKE) == wanted == creator.totals[LIKE])
        checks.true("actors count", creator.actors.unique(at) == i + 1)
    checks.true("as_of is not moved by metrics", creator.as_of == at)
    checks.true("other kinds of metrics are ignored", creator.totals[4] == 0)
    creator.apply("interactions", 99, at, {"creator_id": "c1", "post_id": "p", "kind": "COMMENT", "occurred_at": at,
                                           "comment": {"words": 1, "fingerprint": 4}})
    checks.true("comments come from totals", creator.totals[COMMENT] == 0 and not creator.fingerprints)


def main():
    """All properties."""
    checks, chooser = Checks(), random.Random(7)
    edges(checks)
    for part in (arithmetic, estimates, parts, peers, sketches, totals, vector_checks, fit_checks, roster_checks, alert_checks):
        part(checks, chooser)
    for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 6):
        order_free(checks, seed)
        ranges(checks, seed)
        take_backs(checks, seed)
    checks.true("constants are those of the page", C["peers.least"] == 100)
    checks.true("histogram smooths", histogram([], ("A", "B")) == {"A": 0.5, "B": 0.5})
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed or not checks.passed else 0


if __name__ == "__main__":
    sys.exit(main())
