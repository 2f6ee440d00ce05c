"""§10, gates: in the order of the page, the first that fails is named; and what they look at of a creator.

Facts of a creator: platform, tier (scheme default), audience {n, suspicious_share}, authenticity, engagement_rate_estimate,
and posts, each {posted_at, tokens, classes, words, named, sponsored}.
"""
from common import round_rate, round_score
from methodology import C
from records import DAY
from text import handle, normal

DEFAULTS = {"status": "PAUSED", "starts_at": None, "ends_at": None, "platforms": [], "tiers": ["MICRO"], "topics": {},
            "tags": [], "values": [], "excluded": [], "competitors": [], "example_creators": [], "countries": {},
            "languages": {}, "min_authenticity": None, "min_engagement_rate": None, "budget": None, "slots": None,
            "weights": {}}


def given(campaign):
    """A campaign with the defaults of its schema."""
    return {**DEFAULTS, **campaign}


def names_of(record):
    """Handles that a post names: mentions among its kept tokens, and its brands (§8)."""
    mentions = {name[1:] for name in record.tokens if name[0] == "@"}
    return mentions | {handle(name, dots=True) for name in record.brands}


def facts_of(state, values):
    """Facts of a creator's state and its values (§9)."""
    posts = [{"posted_at": p.posted_at, "tokens": set(p.record.tokens), "classes": p.record.classes,
              "words": p.record.words, "named": names_of(p.record), "sponsored": p.sponsored} for p in state.ring()]
    return {"platform": values["platform"], "tier": values["tiers"][0]["tier"] if values["tiers"] else None,
            "audience": values["authenticity"]["parts"]["audience"], "authenticity": values["authenticity"]["score"],
            "engagement_rate_estimate": values["estimate"] and values["estimate"]["rate"], "posts": posts}


def runs(k, now):
    """Status; starts_at inclusive, ends_at exclusive."""
    return (k["status"] == "ACTIVE" and (k["starts_at"] is None or k["starts_at"] <= now)
            and (k["ends_at"] is None or now < k["ends_at"]))


def says(post, entry):
    """True when a post has what an entry of `excluded` names. Reading: `#x` is the tag only, `@x` the mention only."""
    name, kind = handle(entry, dots=True), entry.strip()[:1]
    kinds = kind if kind in ("#", "@") else "#@"
    if any(kind + name in post["tokens"] for kind in kinds):
        return True
    return len(kinds) > 1 and (normal(entry) in {normal(c) for c in post["classes"]} or entry in post["words"])


def excludes(k, posts):
    """Anything excluded in any post of the ring."""
    return any(says(post, entry) for entry in k["excluded"] for post in posts)


def competes(k, posts, now):
    """An official or disclosed post of the last 90 d that names a competitor."""
    rivals, oldest = {handle(name, dots=True) for name in k["competitors"]}, now - C["fit.competitor_days"] * DAY
    return any(p["sponsored"] and p["posted_at"] >= oldest and rivals & p["named"] for p in posts)


def suspicious(audience):
    """Share of P(fake) ≥ .5 over 20 %, from 20 judged actors on."""
    return (audience["n"] >= C["fit.suspicious_least"]
            and round_rate(audience["suspicious_share"]) > C["fit.suspicious_most"])


def below(value, least):
    """Null passes (Reading: also of authenticity)."""
    return least is not None and value is not None and value < least


def failed_gate(c, k, now):
    """The name of the first gate that fails, None where all pass."""
    k = given(k)
    fails = {"campaign": lambda: not runs(k, now),
             "platform": lambda: k["platforms"] and c["platform"] not in k["platforms"],
             "tier": lambda: k["tiers"] and c["tier"] not in k["tiers"],
             "excluded": lambda: excludes(k, c["posts"]),
             "competitor": lambda: competes(k, c["posts"], now),
             "suspicious_audience": lambda: suspicious(c["audience"]),
             "min_authenticity": lambda: below(round_score(c["authenticity"]), k["min_authenticity"]),
             "min_rate": lambda: below(round_rate(c["engagement_rate_estimate"]), k["min_engagement_rate"])}
    return next((name for name, fail in fails.items() if fail()), None)
