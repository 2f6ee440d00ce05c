"""The calculations on direct arguments of the worked examples, by the name of their `call`."""
from common import round_rate, round_score
from actors import Registers, fake, in_255ths, siphash
from affinity import affinity, cold, lexicon_affinity
from authenticity import (TERMS, audience_part, authenticity, content_part, engagement_part, flags, likes_terms)
from commercial import cost_per_engagement, paid_post_performance
from community import community, repeat_share
from engagement import estimate
from fit import quality, target, values, waterfall
from gates import failed_gate
from growth import growth_part
from methodology import C
from peers import Histogram, peer_score, percentile
from records import SECRET
from roster import overlap, roster
from score import creator_score
from text import BUILT_IN, handle
from tier import fold, tiers
from topics import focus, normalised
from vectors import plus, times


def _value(function):
    """A plain result under the name `value`."""
    return lambda **arguments: {"value": function(**arguments)}


def _likes(likes, comments):
    """The two terms of likes, and the part they alone would give."""
    found = likes_terms(likes, comments)
    x = {name: found[name] for name in ("spread", "step")}
    return {**x, **engagement_part(x, len(likes))}


def _part(x, n_posts):
    """Terms by their names of §4; a name that §4 does not have would be a mistake of the example."""
    assert set(x) <= set(TERMS)
    return engagement_part(x, n_posts)


def _authenticity(parts):
    """Missing parts are absent."""
    return authenticity({name: parts.get(name) or {"score": None, "confidence": 0.0} for name in
                         ("audience", "engagement", "growth", "content")})


def _gate(c, k, now):
    """Posts of the example as the gates see them."""
    posts = [{"posted_at": p["posted_at"], "tokens": set(BUILT_IN.post(p).tokens), "classes": set(p["topics"]), "words": set(),
              "named": {handle(name, dots=True) for name in p["mentions"]}, "sponsored": p["sponsored"]} for p in c["posts"]]
    return {"value": failed_gate({**c, "posts": posts}, k, now)}


def _cold(tokens, mu):
    """Of w and e of each token."""
    total = [0.0] * len(mu)
    for token in tokens:
        total = plus(total, times(token["e"], token["w"]))
    return {"B": cold(total, mu)}


def _lexicon(matches, topics):
    """Histogram and affinity."""
    histogram = normalised(matches, C["niche.names"])
    return {"histogram": histogram, "affinity": lexicon_affinity(histogram, topics)}


def sketch(actors):
    """HyperLogLog of actors by name."""
    return Registers(siphash(SECRET, actor.encode()) for actor in actors)


def _roster(candidates, make=set, **limits):
    """By sets, or by what else `make` makes of names."""
    return roster([{**c, "actors": make(c["actors"])} for c in candidates], **limits)


SKETCHED = {
    "greedy roster on explicit sets of actors (prices and budget in one currency)":
        lambda **arguments: _roster(make=sketch, **arguments),
}

CALLS = {
    "plain tier and band": lambda followers: tiers(fold(None, followers, 0))[0],
    "engagement_rate_estimate": estimate,
    "rounding": lambda x, unit: {"value": round_rate(x) if unit == "rate" else round_score(x)},
    "peer_score": _value(peer_score),
    "percentile (0..100) of a rate among the quantiles 0.01, 0.05, 0.10 … 0.95, 0.99": _value(percentile),
    "21 quantiles of a histogram of 64 bins over ln 1e-5 .. ln 1":
        lambda bins: {"quantiles": list(Histogram(bins).cell().quantiles)},
    "P(fake)": _value(fake),
    "audience score from P(fake) values": lambda ps: audience_part([in_255ths(p) for p in ps]),
    "spread, step, and the engagement part if these were the only terms with evidence (posts in time order)": _likes,
    "engagement part from term values and posts in the ring": _part,
    "growth part from profile days and engagements per day":
        lambda days, day_engagements: growth_part(days, {int(k): n for k, n in day_engagements.items()}),
    "names of the flags from values": lambda v: {"flags": [flag["name"] for flag in flags(v)]},
    "content part from posts in 90 d, saturation, likely-undisclosed share": content_part,
    "weighted score of the authenticity parts": _authenticity,
    "repeat share from actor -> posts": repeat_share,
    "community from repeat share, reply share, sampled actors": community,
    "paid-post performance from two lists of [engagements, followers]": _value(paid_post_performance),
    "cost per engagement in minor units from price (minor units), estimate, followers":
        lambda price_minor, est, followers: {"value": cost_per_engagement(price_minor, est, followers)},
    "niche focus from posterior and number of tokens": lambda p, n_tokens: focus(p, n_tokens),
    "weighted score of the creator parts":
        lambda engagement_part, authenticity_part, niche_part, community_part:
            creator_score(engagement_part, authenticity_part, niche_part, community_part),
    "first failed gate (null: none); k = campaign, c = creator": _gate,
    "affinity a, z and score": lambda V, B, mean_V, cov_V: affinity(V, B, mean_V, cov_V),
    "brand vector from tokens and mu": _cold,
    "lexicon histogram over the 8 niches and affinity": _lexicon,
    "target T and factor": target,
    "values factor from posts touching and posts in the ring": values,
    "quality Q (score) and factor": quality,
    "fit and waterfall from affinity and factors in order":
        lambda affinity, factors, weights=None: waterfall(affinity, factors, weights),
    "greedy roster on explicit sets of actors (prices and budget in one currency)": _roster,
    "overlap of two sets": lambda a, b: {"value": overlap(set(a), set(b))},
}
