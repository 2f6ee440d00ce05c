"""§6, community: do the same people come back, and does the creator answer them."""
from math import sqrt

from common import evidence, ramp
from methodology import C
from records import COMMENT


def repeat_share(sample):
    """Sampled actors with two different posts / sampled actors; sample: actor -> its posts."""
    n = len(sample)
    if not n:
        return {"share": None, "n": 0, "standard_error": None}
    p = sum(len(set(posts)) > 1 for posts in sample.values()) / n
    return {"share": p, "n": n, "standard_error": sqrt(p * (1 - p) / n)}


def reply_share(state):
    """Own comments / the others' comments in the ring; None without any."""
    ring = state.ring()
    others = sum(p.count(COMMENT) for p in ring)
    return sum(max(0, p.traits[2]) for p in ring) / others if others else None


def community(repeat, reply, n):
    """100·(0.6·ramp(repeat) + 0.4·ramp(reply)); the reply half leaves with its weight where there is none."""
    if repeat is None:
        return {"score": None, "confidence": 0.0}
    weight, score = 0.0, 0.0
    for value, name in ((repeat, "repeat"), (reply, "reply")):
        if value is not None:
            w = C["community.weight_" + name]
            weight, score = weight + w, score + w * ramp(value, *C["community." + name])
    return {"score": 100 * score / weight, "confidence": evidence(n, C["community.k"])}
