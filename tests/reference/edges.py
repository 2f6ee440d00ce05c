"""Edges of scoring.md that no worked example shows, with values worked out by hand; run by properties.py."""
from math import exp, log
from statistics import NormalDist

from actors import fake
from authenticity import audience_part, authenticity, content_part, engagement_part, flags, likely_posts, likes_terms
from commercial import brands, saturation
from common import round_rate
from community import community
from growth import activity, growth_part
from methodology import C, DATA, METHODOLOGY_FILE, read
from records import DAY, HOUR, TIME_FIELD, Setup, classify
from reference import Creator
from text import Lists, Plain, normal, scan
from topics import topics

T = 1_772_454_600_000                            # 2026-03-02 12:30:00 UTC


class Life:
    """A creator that records are added to, at their own event time unless said otherwise."""

    def __init__(self, **beside):
        self.creator, self.offset = Creator("c1", Setup(**beside)), 0

    def add(self, topic, time, **value):
        """One record."""
        self.offset += 1
        self.creator.apply(topic, self.offset, time, {"creator_id": "c1", TIME_FIELD[topic]: time, **value})

    def values(self):
        """As of T."""
        return self.creator.values(T)

    def terms(self):
        """x of the terms with evidence."""
        return self.values()["authenticity"]["parts"]["engagement"]["terms"]


def posts(n, first=T - 40 * DAY, step=DAY, **value):
    """A life with n posts p0, p1, …"""
    life = Life()
    for i in range(n):
        life.add("posts", first + i * step, post_id=f"p{i}", **value)
    return life


def comments(life, post_id, times, words_of=lambda i: 5, **value):
    """Others' comments at the times."""
    for i, time in enumerate(times):
        life.add("interactions", time, post_id=post_id, kind="COMMENT", actor_id=f"b{i}",
                 comment={"words": words_of(i), "fingerprint": 0}, **value)


def likes(checks):
    """§4: 20 posts, older than 24 h; `step` with rising comments."""
    checks.true("19 posts", "spread" not in posts(19).terms())
    checks.true("20 posts", {"spread", "step"} <= set(posts(20).terms()))
    life = posts(19)
    life.add("posts", T - DAY, post_id="exactly 24 h")
    checks.true("exactly 24 h is not older", "spread" not in life.terms())
    life = posts(20)
    life.add("posts", T - 40 * DAY, post_id="p0", deleted=True)
    checks.true("deleted", "spread" not in life.terms())
    step = likes_terms([9] * 8 + [99] * 8, [0] * 8 + [9] * 8)["step"]
    checks.true("step is less where comments rise", abs(step - 0.4 * log(10)) < 1e-12)
    step = likes_terms([9] * 8 + [99] * 8, [9] * 8 + [0] * 8)["step"]
    checks.true("and as it is where they fall", abs(step - log(10)) < 1e-12)
    checks.true("rate too low", abs(engagement_part({"rate_low": log(2)}, 9)["penalties"]["rate_low"] - 7.5) < 1e-9)
    checks.true("terms without posts", engagement_part({"duplicate": 0.3}, 0)["score"] is None)


def comment_terms(checks):
    """§4: generic, duplicate, early burst."""
    life = posts(3)
    comments(life, "p0", [T - 39 * DAY] * 19, lambda i: 2 if i < 5 else 3)
    checks.true("19 comments", "generic" not in life.terms())
    comments(life, "p0", [T - 39 * DAY], lambda i: 3)
    checks.true("words ≤ 2 of 20 comments", life.terms()["generic"] == 0.25)
    life = posts(1)
    prints = [7] * 6 + [0x10000 * i + i for i in range(100, 164)]
    for i, fingerprint in enumerate(prints):
        life.add("interactions", T - DAY + i, kind="COMMENT", comment={"words": 9, "fingerprint": fingerprint})
        if i == 18:
            checks.true("19 fingerprints", "duplicate" not in life.terms())
        if i == 19:
            checks.true("6 of 20 are one", life.terms()["duplicate"] == 0.3)
    checks.true("the newest 64", life.terms()["duplicate"] == 0)
    life.add("interactions", T, kind="COMMENT", comment={"words": 9, "fingerprint": 0xABC00000 + 150})
    checks.true("low 16 bits", life.terms()["duplicate"] == round_rate(2 / 64))
    life, posted = posts(3, T - 9 * DAY), [T - (9 - i) * DAY for i in range(3)]
    for i, at in enumerate(posted):              # posted at 12:30:00
        comments(life, f"p{i}", [at + 9 * 60_000 + 59_999, at + 10 * 60_000, at - 1, at, at + DAY])
        if i == 1:
            checks.true("two posts", "early_burst" not in life.terms())
    checks.true("minutes 0 to 9", life.terms()["early_burst"] == 0.4)
    life.add("posts", T - 2 * DAY, post_id="q")
    comments(life, "q", [T - 2 * DAY] * 4)
    checks.true("4 comments are not pooled", life.terms()["early_burst"] == 0.4)
    comments(life, "q", [T - 2 * DAY])
    checks.true("5 are", life.terms()["early_burst"] == 0.55)


def days_of(changes, start=1000, first=100, following=None):
    """Profile days from daily changes."""
    rows, level = [{"day": first, "followers": start}], start
    for i, change in enumerate(changes):
        level += change
        rows.append({"day": first + 1 + i, "followers": level})
    for row, number in zip(rows, following or ()):
        row["following"] = number
    return rows


def growth(checks):
    """§4, growth: the scale, the 14 days, the 30 days."""
    part = growth_part(days_of([0, 10, 0, 10, 0, 10, 0, 100]), {})
    checks.true("scale by the MAD", abs(part["z"] - 95 / 7.413) < 1e-9)
    checks.true("and its ramp", abs(part["score"] - (100 - 60 * (95 / 7.413 - 6) / 14)) < 1e-9)
    part = growth_part(days_of([0] * 7 + [7], 100), {})
    checks.true("scale at least 1", part["z"] == 7 and abs(part["score"] - (100 - 60 / 14)) < 1e-9)
    for late, lost in ((13, True), (14, False)):
        part = growth_part(days_of([0] * 7 + [1000] + [0] * late + [-300]), {})
        checks.true(f"lost {late + 1} days after", part["lost_again"] is lost)
    checks.true("7 days", growth_part(days_of([0] * 6), {})["score"] is None)
    steady = [500] * 9 + [600, 700, 600]
    for day, wanted in ((111, 300 / 600), (139, 200 / 600), (141, None)):
        part = growth_part(days_of([0] * 11, following=steady), {}, day * DAY + DAY // 2)
        checks.true(f"following as of {day}", part["following_swing"] == wanted)
    part = growth_part(days_of([0] * 8, following=[100, 0, 0, 0, 0, 0, 0, None, 0]), {})
    checks.true("following at least 100", part["following_swing"] == 1.0 and abs(part["score"] - 95) < 1e-9)
    life = Life()
    for day in range(45):
        life.add("profiles", T - (44 - day) * DAY, followers=1000 + day)
    part = life.values()["authenticity"]["parts"]["growth"]
    checks.true("40 days are kept", part["days"] == 40 and part["confidence"] == round_rate(40 / 54))


def activities(checks):
    """§5."""
    life = Life()
    for back, followers in ((9, 1000), (6, 1500), (0, 2000)):
        life.add("profiles", T - back * DAY, followers=followers)
    for i in range(6):
        life.add("posts", T - i * 5 * DAY - 2 * HOUR - 3 * DAY, post_id=f"p{i}")
    found = activity(life.creator, T)
    checks.true("nearest earlier day", (found["change_7d"], found["relative_7d"]) == (1000, 1.0))
    checks.true("no day before 30 d", found["change_30d"] is None)
    checks.true("posts per week", found["posts_per_week"] == 1.4)
    checks.true("whole days", found["days_since_post"] == 3)
    life.add("profiles", T - 7 * DAY, followers=1600)
    life.add("profiles", T - 30 * DAY, followers=800)
    found = activity(life.creator, T)
    checks.true("exactly 7 and 30 days", (found["change_7d"], found["change_30d"]) == (400, 1200))
    checks.true("an old snapshot alone is no change", activity(life.creator, T + 8 * DAY)["change_7d"] is None)


def rings(checks):
    """§0.1: a slot of 48 hours and 92 days belongs to the newest bucket."""
    for back, hours, days in ((47 * HOUR, 2, 2), (48 * HOUR, 1, 2), (91 * DAY, 2, 2), (92 * DAY, 1, 1)):
        life = Life()
        life.add("interactions", T - back, kind="LIKE")
        life.add("interactions", T, kind="LIKE")
        state = life.creator.state()
        checks.true(f"{back} ms", (len(state["hours"]), len(state["days"])) == (hours, days))


def audience(checks):
    """§0, §0.1, §4: halves of P(fake), slices, samples, the least confidence."""
    checks.true("P(fake) ≥ .5", audience_part([127, 128])["suspicious_share"] == 0.5)
    actor = {"posts": 0, "has_picture": True, "name_digits": 0}
    for g, z in ((1000, -2.3), (2001, -2.3 + 1.2 * log(2))):
        p = fake({**actor, "followers": g, "following": g})
        checks.true(f"hinge at {g}", abs(p - 1 / (1 + exp(-z))) < 1e-12)
    one = {"score": 50.0, "confidence": 0.25}
    checks.true("confidence of exactly .10", authenticity({"audience": one})["score"] == 50.0)
    checks.true("below", authenticity({"audience": {**one, "confidence": 0.2499}})["score"] is None)
    life, cut = Life(), T // (14 * DAY) * 14 * DAY
    for i in range(100):
        life.add("interactions", cut - 28 * DAY, kind="FOLLOW", actor_id=f"a{i}")
    life.add("interactions", cut - 28 * DAY - 1, kind="FOLLOW", actor_id="gone")
    life.add("interactions", T, kind="FOLLOW", actor_id="c1")
    life.add("interactions", T, kind="FOLLOW", actor_id="taken back", count=-1)
    people = life.values()["community"]
    checks.true("distinct actors", people["unique_actors"] == 100 and people["repeat"]["n"] == 64)
    checks.true("since", people["since"] == cut - 28 * DAY)
    pod = {"repeat": 0.5, "early_burst": 0.51, "generic": 0.31}
    checks.true("pod_like", len(flags(pod)) == 1 and not flags({**pod, "early_burst": 0.5}))


def commerce(checks):
    """§4 content, §8."""
    checks.true("reply share from 0", abs(community(0.0, 0.03, 9)["score"] - 4) < 1e-9)
    checks.true("4 and 5 posts", content_part(4, 0, 0)["score"] is None and content_part(5, 0, 0)["score"] == 100)
    checks.true("2 and 3 posts", saturation(1, 2) is None and saturation(1, 3) == 1 / 3)
    life = Life(text=Always())
    life.add("posts", T - 90 * DAY - 1, post_id="old", mentions=["a"])
    checks.true("90 d + 1 ms", likely_posts(life.creator, T)["undisclosed_share"] is None)
    life.add("posts", T - 90 * DAY, post_id="in", mentions=["a", "A", "b"], disclosed=True)
    life.add("posts", T - 80 * DAY, post_id="too", mentions=["b", "friend"], sponsors=["b"])
    life.add("posts", T - 70 * DAY, post_id="free", mentions=["friend"])
    checks.true("likely and not sponsored", likely_posts(life.creator, T)["undisclosed_share"] == 1 / 3)
    found = {row["brand"]: (row["posts"], row["official"]) for row in brands(life.creator.ring())}
    checks.true("brands", found == {"a": (2, False), "A": (1, False), "b": (2, True), "friend": (2, False)})
    for i in range(17):
        life.add("interactions", T - 99 * HOUR + i, kind="CLICK", campaign_id=f"k{i:02}")
    life.add("interactions", T, kind="PURCHASE", count=-1, campaign_id="k16", value={"minor_units": 5, "currency": "E"})
    rows = life.values()["commercial"]["campaigns"]
    checks.true("16 campaigns", [row["campaign_id"] for row in rows] == [f"k{i:02}" for i in range(16, 0, -1)])
    checks.true("value follows count", rows[0]["value"] == {"E": -5} and rows[0]["purchases"] == 0)


class Always(Plain):
    """A text side that finds a call to action everywhere, and the niches that are tags."""
    niches = C["niche.names"]

    def match(self, items, tags):
        """One hit for each niche."""
        return {("call", "")} | {(tag.upper(), "") for tag in tags}


def subjects(checks):
    """§7: histogram of example 68, ≤ 30 tokens, assertion at .60."""
    life = Life(text=Always())
    for i in range(8):
        life.add("posts", T - i * DAY, post_id=f"p{i}", tags=["FOOD" if i < 6 else "TRAVEL"])
    found = topics(life.creator)
    checks.true("histogram", found["posterior"]["FOOD"] == 6.5 / 12 and found["posterior"]["PET"] == 0.5 / 12)
    checks.true("tokens, not asserted", found["tokens"] == 2 and found["niche"] is None)
    life.add("posts", T - 9 * DAY, post_id="q", tags=["FOOD"] + [f"t{i}" for i in range(20)],
             mentions=[f"m{i}" for i in range(20)])
    for i in range(3):
        life.add("posts", T - (9 + i) * DAY, post_id=f"r{i}", tags=["FOOD"])
    found = topics(life.creator)
    checks.true("30 tokens of a post", found["tokens"] == 31)
    checks.true("asserted", found["posterior"]["FOOD"] == 10.5 / 16 and found["niche"] == "FOOD")


def placeholders(checks):
    """§0.1: 8 of them, for 24 h of as_of."""
    life = Life()
    for i in range(9):
        life.add("interactions", T - 2 * DAY, post_id=f"p{i}", kind="LIKE")
    checks.true("the ninth is refused", life.creator.metrics["refused"] == 1 and len(life.creator.placeholders) == 8)
    life.add("profiles", T - DAY, followers=1)
    checks.true("24 h old", len(life.creator.placeholders) == 8)
    life.add("profiles", T - DAY + 1, followers=1)
    checks.true("older", not life.creator.placeholders and life.creator.metrics["expired"] == 8)


def refusals(checks):
    """Amounts within ±10^12, ids of 1 to 256 bytes, times of 1970 to 9999."""
    def status(topic, **value):
        """Of one record at T."""
        return classify(topic, T, {"creator_id": "c", TIME_FIELD[topic]: T, **value})
    for count, wanted in ((10 ** 12, "applied"), (-10 ** 12, "applied"), (10 ** 12 + 1, "rejected"), (-10 ** 12 - 1, "rejected")):
        checks.true(f"count {count}", status("interactions", kind="LIKE", count=count) == wanted)
        checks.true(f"value {count}", status("interactions", kind="PURCHASE", value={"minor_units": count}) == wanted)
        checks.true(f"likes {count}", status("posts", post_id="p", metrics={"observed_at": T, "likes": count}) == wanted)
        money = {"minor_units": count, "currency": "EUR"}
        checks.true(f"price {count}", status("profiles", followers=1, price_per_post=money) == wanted)
    for name, wanted in (("p" * 256, "applied"), ("p" * 257, "rejected"), ("", "rejected"), ("é" * 129, "rejected")):
        checks.true(f"id {name}", status("posts", post_id=name) == status("interactions", kind="LIKE", post_id=name) == wanted)
    for name in ("followers", "following", "posts"):
        checks.true(f"{name} below 0", status("profiles", **{"followers": 1, name: -1}) == "rejected")
    checks.true("1970", status("posts", post_id="p", posted_at=0) == "applied")
    checks.true("1969", status("posts", post_id="p", posted_at=-1) == "rejected")
    life = Life(totals={"FACEBOOK": ["LIKE", "VIEW"]})
    life.add("profiles", T, followers=5, platform="FACEBOOK")
    for at, likes in ((T, 100), (T - 1, 70), (T, 90), (T + 1, -5), (T + 2, None)):
        life.add("posts", T, post_id="p", metrics={"observed_at": at, "likes": likes, "views": 0})
    checks.true("snapshots", life.creator.totals[1] == 90)
    life.add("interactions", T, kind="SHARE", actor_id="", count=3)
    checks.true("an empty actor is nobody", life.creator.totals[3] == 3 and not life.creator.actors.slices)


def lists(checks):
    """§7, §8 with the lists of data/, where they are."""
    items = scan(normal("Ｃafé #AD l'ÉTÉ_20% @Acme.fr. me@x.fr bit.ly/x\u200b"))
    checks.true("words", items == [("", "café"), ("#", "ad"), ("", "l"), ("", "été_20"), ("@", "acme.fr"), ("", "me"),
                                   ("", "x"), ("", "fr"), ("", "bit"), ("", "ly"), ("", "x")])
    found = Plain().post({"text": "@b.c #z", "tags": ["Z", "y-y"], "mentions": ["@A", "b.c"]})
    checks.true("tokens in order", found.tokens == ("#z", "#yy", "@a", "@b.c"))
    if not (DATA / "lexicons/classes.lex").is_file():
        return
    text = Lists(DATA)

    def post(line, **value):
        """What a post with this text says."""
        return text.post({"text": line, **value})
    for line in ("Publicité", "COLLABORATION\ncommerciale avec Acme", "new shoes #ad", "Paid partnership with x"):
        checks.true(line, post(line).disclosed)
    for line in ("une collaboration", "a dad and his #adventure", "commerciale collaboration", "", "adresse", "ad hoc",
                 "@publicité"):
        checks.true(f"not: {line}", not post(line).disclosed)
    checks.true("likely needs a mention", post("discount code ACME", mentions=["acme"]).likely
                and not post("discount code ACME").likely)
    checks.true("a link", post("see https://acme.example/x", mentions=["acme"]).likely)
    checks.true("a mention in the text", post("@acme, use my code X").likely)
    checks.true("niche by tag", post("", tags=["OOTD"]).niches.get("FASHION") == 1)
    hits = post("street style, denim", tags=["streetstyle", "Denim", "ootd"]).niches["FASHION"]
    checks.true("each entry once", hits == 3)
    shipped(checks)


def shipped(checks):
    """The methodology file says what the page says; the benchmarks follow from their three rates."""
    for section, rows in read(METHODOLOGY_FILE).items():
        for name, values in rows.items() if section != "methodology" and not section.startswith("scheme ") else ():
            page = C.get(f"{section}.{name}")
            wanted = page if isinstance(page, tuple) else (page,)
            checks.true(f"{section}.{name} of the file is the page's", values == wanted)
    curve = NormalDist()
    levels = (0.01, *(i / 20 for i in range(1, 20)), 0.99)
    for path in (DATA / "benchmarks").glob("*.conf"):
        for platform, rows in read(path).items():
            for entry, q in rows.items() if platform != "benchmark" else ():
                for p, found in zip(levels, q):
                    side = log(q[10] / q[1]) if p < 0.5 else log(q[19] / q[10])
                    wanted = q[10] * exp(curve.inv_cdf(p) / curve.inv_cdf(0.95) * side)
                    checks.true(f"{platform} {entry} {p}", abs(found / wanted - 1) < 6e-4)


def edges(checks):
    """All of them."""
    for part in (likes, comment_terms, growth, activities, rings, audience, commerce, subjects, placeholders, refusals, lists):
        part(checks)
