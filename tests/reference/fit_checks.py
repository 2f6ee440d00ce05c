"""§10: gates, affinity, factors and the whole fit, by hand and on random lives; run by properties.py."""
from collections import Counter
from math import erf, log, sqrt

from affinity import affinity, brand_vector, cold_masses, lexicon_affinity, near_duplicates
from edges import T, Always, Life
from fit import brand_of, fit, quality, target, values, waterfall
from gates import failed_gate
from models import unit
from records import DAY
from streams import applied, jittered, posts_first, setup, stream
from vector_checks import model, near
from vectors import hash_of

GATES = ("campaign", "platform", "tier", "excluded", "competitor", "suspicious_audience", "min_authenticity", "min_rate")
POST = {"posted_at": T - DAY, "tokens": {"#vegan", "@acme.fr"}, "classes": {"FOOD"}, "words": set(), "named": {"acme.fr"},
        "sponsored": True}
GOOD = {"platform": "TIKTOK", "tier": "MICRO", "audience": {"n": 20, "suspicious_share": 0.2}, "authenticity": 60.0,
        "engagement_rate_estimate": 0.02, "posts": [POST]}
RUNS = {"campaign_id": "k", "brand": "b", "status": "ACTIVE"}
BAD = {"campaign": {"status": "ENDED"}, "platform": {"platforms": ["X"]}, "tier": {"tiers": ["MEGA"]}, "excluded": {"excluded": ["food"]},
       "competitor": {"competitors": ["@ACME.fr"]}, "min_authenticity": {"min_authenticity": 60.001},
       "min_rate": {"min_engagement_rate": 0.0200002}}


def gates(checks):
    """Order, thresholds, forms of what is excluded."""
    def gate(c=None, now=T, **k):
        """Of the good creator with changes."""
        return failed_gate({**GOOD, **(c or {})}, {**RUNS, **k}, now)
    crowd = {"audience": {"n": 20, "suspicious_share": 0.2000002}}
    checks.true("all pass", gate() is None)
    checks.true("no status", failed_gate(GOOD, {"campaign_id": "k", "brand": "b"}, T) == "campaign")
    for i, name in enumerate(GATES):
        rest = {key: value for later in GATES[i:] for key, value in BAD.get(later, {}).items()}
        checks.true(f"{name} before what follows", gate(crowd if i <= 5 else None, **rest) == name)
        if name in BAD:
            checks.true(f"{name} alone", gate(**BAD[name]) == name)
    checks.true("suspicious", gate(crowd) == "suspicious_audience")
    checks.true("19 judged", gate({"audience": {"n": 19, "suspicious_share": 0.9}}) is None)
    unknown = {"authenticity": None, "engagement_rate_estimate": None, "audience": {"n": 0, "suspicious_share": None}}
    checks.true("null passes", gate(unknown, min_authenticity=99, min_engagement_rate=0.9) is None)
    checks.true("at the edge", gate(min_authenticity=60.0, min_engagement_rate=0.02) is None)
    for starts, ends, wanted in ((T, T + 1, None), (T + 1, None, "campaign"), (None, T, "campaign")):
        checks.true(f"{starts}, {ends}", gate(starts_at=starts, ends_at=ends) == wanted)
    checks.true("no tier asked", gate({"tier": None}, tiers=[]) is None and gate({"tier": None}) == "tier")
    for days, wanted in ((90, "competitor"), (90 + 1 / DAY, None)):
        old = {"posts": [{**POST, "posted_at": T - int(days * DAY)}]}
        checks.true(f"a competitor {days} d ago", gate(old, competitors=["acme.fr"]) == wanted)
    checks.true("unpaid", gate({"posts": [{**POST, "sponsored": False}]}, competitors=["acme.fr"]) is None)
    for entry, found in (("VEGAN", True), ("ｖｅｇａｎ", True), ("#vegan", True), ("@vegan", False), ("acme.fr", True),
                         ("#acme.fr", False), ("Food", True), ("veg", False), ("slow food", False)):
        checks.true(f"excluded: {entry}", (gate(excluded=[entry]) == "excluded") == found)


def words(checks):
    """Free words count from the campaign's arrival on; official and disclosed posts; deleted ones do not count."""
    life = Life(free_words={"slow cooked": T - DAY})
    for at, wanted in ((T - DAY - 1, None), (T - DAY, "excluded")):
        life.add("posts", at, post_id=f"p{at}", text="Slow-cooked beef", sponsors=["Rival"], mentions=["mate"])
        checks.true(f"free words at {at}", fit(life.creator, {**RUNS, "tiers": [], "excluded": ["slow cooked"]}, T)["gate"] == wanted)
    for rival, wanted in (("rival", "competitor"), ("mate", "competitor"), ("beef", None)):
        checks.true(f"names {rival}", fit(life.creator, {**RUNS, "tiers": [], "competitors": [rival]}, T)["gate"] == wanted)
    for at in (T - DAY - 1, T - DAY):
        life.add("posts", at, post_id=f"p{at}", text="Slow-cooked beef", sponsors=["Rival"], deleted=True)
    checks.true("deleted", fit(life.creator, {**RUNS, "tiers": [], "competitors": ["rival"]}, T)["gate"] is None)


def affinities(checks, chooser):
    """Normal distribution, brand vectors by hand, cosine of the lexicon."""
    m = model()
    for _ in range(50):
        b, v, mean_v = ([chooser.gauss(0, 1) for _ in range(2)] for _ in range(3))
        found = affinity(v, b, mean_v, m.covariance)
        variance = sum(b[i] * m.covariance[i][j] * b[j] for i in range(2) for j in range(2))
        z = sum((v[i] - mean_v[i]) * b[i] for i in range(2)) / sqrt(variance)
        checks.true("z", abs(found["z"] - z) < 1e-9 and abs(found["score"] - 50 * (1 + erf(z / sqrt(2)))) < 1e-9)
        twice = affinity(v, [2 * x for x in b], mean_v, m.covariance)
        checks.true("B has no length", abs(twice["score"] - found["score"]) < 1e-9)
        nearer = affinity([x + 0.1 * y for x, y in zip(v, b)], b, mean_v, m.covariance)
        checks.true("nearer to B, more affinity", 0 <= found["score"] <= nearer["score"] <= 100)
    checks.true("no variance", affinity([1, 1], [0.0, 0.0], [0, 0], m.covariance)["score"] is None)
    k, text = {"campaign_id": "k", "brand": "@Acme", "tags": ["#A", "zzz"], "topics": {"X": 0.5}}, Words()
    masses = {hash_of("#a"): 1, hash_of("#b"): 1.5, hash_of("#never seen"): 0.5}
    checks.true("weights of words", cold_masses({**k, "tags": ["a", "b"]}, text) == masses)
    total = unit([log(10), 0.5 * log(20)])
    words_alone = [total[0] - m.mu[0], total[1] - m.mu[1]]
    checks.true("cold", near(brand_vector(m, k, text), words_alone))
    checks.true("nothing to go by", brand_vector(m, {"campaign_id": "k", "brand": "b"}, text) is None)
    one, two = example("e1", ("a",), ("acme",)), example("e2", ("b",), ())
    u1, u2 = [1 - m.mu[0], -m.mu[1]], [-m.mu[0], 1 - m.mu[1]]
    means = [(x / 4 + y / 4) / 2 for x, y in zip(u1, u2)]                 # n = 1 each, nobody heard
    brand, wholes = brand_of({"campaign_id": "k", "brand": "@Acme"}, m, text, [(one, None, 0), (two, None, 0)])
    checks.true("examples and their posts", near(brand, [x + 0.5 * y for x, y in zip(means, u1)]))
    none = example("e3", ("never seen",), ("acme",))
    three = brand_of({"campaign_id": "k", "brand": "acme"}, m, text, [(one, None, 0), (none, None, 0)])[0]
    checks.true("a post of unknown tokens", near(three, [x / 8 + 0.5 * x for x in u1]))
    both = brand_of(k, m, text, [(one, None, 0), (two, None, 0)])[0]
    checks.true("both: the sum", near(both, [x + y for x, y in zip(brand, words_alone)]))
    checks.true("near duplicates", near_duplicates([0.1, 0.0], {"e": [1.0, 0.32], "f": [1.0, 0.34], "g": [-1.0, 0.0]}) == ["e"])
    checks.true("of e1", near(wholes["e1"], [x / 4 for x in u1]))
    heard = brand_of({"campaign_id": "k", "brand": "none"}, m, text, [(two, [0.0, 2.0], 5)])[0]
    checks.true("with its audience", near(heard, [u2[0] / 4 - 0.8 * 0.15, u2[1] / 4 + 0.8 * 0.5]))
    checks.true("cosine", abs(lexicon_affinity({"A": 0.6, "B": 0.8}, {"A": 2.0}) - 60) < 1e-9)
    checks.true("a topic that is no niche", abs(lexicon_affinity({"A": 0.6, "B": 0.8}, {"A": 3.0, "MUSIC": 4.0}) - 36) < 1e-9)
    checks.true("no topics", lexicon_affinity({"A": 0.6}, {}) == 0)


class Words(Always):
    """One class with two words, one of them unknown to the model."""

    def words_of(self, name):
        """Of X."""
        return ["b", "never seen"] if name == "X" else []


def example(name, tags, mentions):
    """A creator with one post."""
    life = Life()
    life.creator.creator_id = name
    life.add("posts", T, post_id="p", tags=list(tags), mentions=list(mentions))
    return life.creator


def factors(checks, chooser):
    """Ranges, edges, and that each grows with what it is made of."""
    fr = {"countries": {"FR": 0.8, "BE": 0.2}}
    checks.true("shares", target({"countries": {"FR": 0.5}}, fr) == {"T": 0.5, "factor": 0.75})
    checks.true("one of two is known", target({"countries": {"FR": 0.5}, "languages": {}}, {**fr, "languages": {"fr": 1}})["T"] == 0.5)
    checks.true("mean of two", target({"countries": {"FR": 1}, "languages": {"de": 1}}, {**fr, "languages": {"fr": 1}})["T"] == 0.4)
    checks.true("not told", target({"languages": {"fr": 1}}, fr) == target(None, fr) == {"T": None, "factor": 1.0})
    checks.true("touching", values(1, 5) == {"v": 0.1, "factor": 0.9} and values(0, 0)["factor"] == 0.8 and values(9, 9)["factor"] == 1)
    full = {"score": 100, "confidence": 1.0}
    for arguments, wanted in (({"saturation": 0.325}, 50), ({"saturation": 0.5}, 0), ({"ppp": 1}, 50), ({"ppp": 3}, 100),
                              ({"cpe_ratio": 1}, 50), ({"cpe_ratio": 3}, 0), ({"cpe_ratio": 1 / 3}, 100)):
        found = quality(full, full, **arguments)
        checks.true(f"quality {arguments}", near([found["score"], found["confidence"]], [(70 + wanted / 10) / 0.8, 0.8], 1e-9))
    checks.true("weights", abs(quality({"score": 60, "confidence": 1}, {"score": 80, "confidence": 0.5})["score"] - 66.6666667) < 1e-6)
    checks.true("no quality", quality(None, None)["factor"] == 1)
    checks.true("worst and best", quality({"score": 0, "confidence": 1}, None)["factor"] == 0.85 and quality(full, full)["factor"] == 1)
    for _ in range(100):
        part = {"score": chooser.uniform(0, 100), "confidence": chooser.random()}
        better = {**part, "score": min(100, part["score"] + 5)}
        q, more = quality(part, full, 0.2, 1), quality(better, full, 0.2, 1)
        checks.true("quality grows", 0.85 <= q["factor"] <= more["factor"] <= 1)
        checks.true("contributions", abs(sum(q["contributions"].values()) - q["score"]) < 1e-9)
        checks.true("final weights", abs(sum(q["weights"].values()) - 1) < 1e-9)
        share = chooser.random()
        t, up = (target({"countries": {"FR": s}}, fr)["factor"] for s in (share, share + 0.1))
        checks.true("target grows", 0.5 <= t <= up <= 1)
        some = [(name, chooser.uniform(0.1, 1)) for name in ("target", "values", "quality")]
        weights = {"target": chooser.uniform(0, 3)}
        found = waterfall(80, some, weights)
        checks.true("steps add up", abs(sum(s["step"] for s in found["waterfall"]) - found["fit"]) < 1e-9)
        product = 80 * some[0][1] ** weights["target"] * some[1][1] * some[2][1]
        checks.true("and are the product", abs(found["fit"] - product) < 1e-9)
        checks.true("in their order", [s["name"] for s in found["waterfall"]][1:] == [name for name, _ in some])
        checks.true("no factor raises", all(s["step"] <= 1e-12 for s in found["waterfall"][1:]) and found["fit"] <= 80)
    checks.true("exponent 0", waterfall(80, [("target", 0.5)], {"target": 0})["fit"] == 80)


def whole(checks):
    """A fit of a state, by hand, by the lexicon and by a model."""
    life = Life(text=Always())
    life.add("profiles", T, followers=5000, platform="TIKTOK", audience={"countries": {"FR": 0.5}, "languages": {}},
             price_per_post={"minor_units": 1000, "currency": "EUR"})
    for i in range(5):
        life.add("posts", T - i * DAY, post_id=f"p{i}", tags=["FOOD", "a", f"t{i}"] if i else ["PET"])
    k = {**RUNS, "topics": {"FOOD": 1.0}, "countries": {"FR": 1.0}, "values": ["PET"], "weights": {"target": 2.0}}
    found = fit(life.creator, k, T)
    close = 100 * 4.5 / sqrt(4.5 ** 2 + 1.5 ** 2 + 6 * 0.25)
    checks.true("lexicon", abs(found["affinity"]["score"] - close) < 1e-9 and found["affinity_source"] == "LEXICON")
    names = ["affinity", "target", "values", "quality"]
    checks.true("all four", [s["name"] for s in found["waterfall"]] == names and found["factors"]["target"] == 0.75)
    checks.true("values of the ring", abs(found["factors"]["values"] - 0.9) < 1e-12)
    wanted = close * 0.75 ** 2 * 0.9 * found["quality"]["factor"]
    checks.true("fit", abs(found["fit"] - wanted) < 1e-9)
    checks.true("confidence", abs(found["confidence"] - min(7 / 10, found["quality"]["confidence"])) < 1e-12)
    told = fit(life.creator, {**k, "countries": {}, "languages": {"fr": 1.0}}, T)
    checks.true("target not told", abs(told["confidence"] - found["confidence"] / 2) < 1e-12 and told["factors"]["target"] == 1)
    checks.true("no values asked", "values" not in fit(life.creator, {**k, "values": []}, T)["factors"])
    cost = life.creator.values(T)["commercial"]["cost_per_engagement"]
    priced = fit(life.creator, k, T, price_levels={"USD": 1.0, "EUR": cost})
    weight, gained = (priced["quality"][name]["cost"] for name in ("weights", "contributions"))
    checks.true("no median cost", "cost" not in found["quality"]["weights"])
    checks.true("median cost of its currency", abs(gained - 50 * weight) < 1e-9 < weight)
    stopped = fit(life.creator, {**k, "status": "PAUSED"}, T)
    checks.true("a gate", (stopped["gate"], stopped["fit"], stopped["waterfall"]) == ("campaign", 0, found["waterfall"]))
    m, cheap = model(), {**k, "tags": ["a"], "topics": {}}
    brand, wholes = brand_of(cheap, m, life.creator.setup.text, [(life.creator, None, 0), (example("e", ("a",), ()), None, 0)])
    by_model = fit(life.creator, cheap, T, m, (None, 0), brand, wholes)
    checks.true("model", by_model["affinity_source"] == "VECTORS" and by_model["affinity"]["z"] is not None)
    checks.true("n known", abs(by_model["confidence"] - min(1 / 4, found["quality"]["confidence"])) < 1e-12)
    checks.true("not near itself", by_model["near"] == ["e"])
    nothing = fit(life.creator, cheap, T, m)
    checks.true("no brand, no fit", (nothing["fit"], nothing["gate"], nothing["waterfall"]) == (None, None, []))
    heard = fit(life.creator, cheap, T, m, ([3.0, 4.0], 5), brand)
    checks.true("heard", heard["affinity"]["a"] != by_model["affinity"]["a"])


def lives(checks):
    """On random lives: ranges, steps that add up, no order."""
    m, thin = model(), 0
    for seed in range(4):
        records, beside = stream(seed, 25), setup()
        if seed:                                 # nobody judged; else the gate stops them all
            records = [(*row, {**value, "actor": None}) for *row, value in records]
        creator = applied(records, beside)
        orders = [applied(jittered(records, 1), beside), applied(posts_first(records, 2), beside)]
        for campaign in ({"tags": ["a", "b"], "tiers": []}, {"tags": ["b"], "tiers": [], "values": ["X"], "countries": {"FR": 1.0}},
                         {"tiers": [], "competitors": ["acme"]}, {"excluded": ["friend"]}):
            k = {**RUNS, **campaign}
            brand = brand_of(k, m, beside.text)[0]
            found = fit(creator, k, creator.as_of, m, ([1.0, 2.0], 3), brand)
            if found["fit"] is not None:
                checks.true("in range", 0 <= found["fit"] <= 100 and 0 <= found["confidence"] <= 1)
                sure = found["quality"]["confidence"]
                halved = 0.5 if campaign.get("countries") else 1
                checks.true("confidence", abs(found["confidence"] - halved * min(2 / 5, sure)) < 1e-12)
                thin += sure > 0.41
                steps = sum(s["step"] for s in found["waterfall"])
                checks.true("its steps", found["fit"] == 0 if found["gate"] else abs(steps - found["fit"]) < 1e-9)
                checks.true("never above its affinity", bool(found["gate"]) or found["fit"] <= found["affinity"]["score"])
            for other in orders:
                if not other.metrics["refused"] + other.metrics["expired"] + creator.metrics["refused"] + creator.metrics["expired"]:
                    checks.true("no order", fit(other, k, creator.as_of, m, ([1.0, 2.0], 3), brand) == found)
    checks.true("some fits are held back by their tokens", thin > 0)


def fit_checks(checks, chooser):
    """All of them."""
    gates(checks)
    words(checks)
    affinities(checks, chooser)
    factors(checks, chooser)
    whole(checks)
    lives(checks)
