"""§4, authenticity: audience, engagement, content, the weighted score and the flags; growth is in growth.py."""
from collections import Counter
from math import log, log1p, sqrt

from common import evidence, median, quantile, ramp, round_rate, weigh
from engagement import mature_organic
from methodology import C
from records import COMMENT, DAY, HOUR, LIKE
from state import Post

PARTS = ("audience", "engagement", "growth", "content")
TERMS = ("spread", "step", "rate_high", "rate_low", "generic", "duplicate", "early_burst")
TABLE = {name: "term." + name.removesuffix("_burst") for name in TERMS}


def audience_part(verdicts):
    """From P(fake) in 1/255 of the sampled actors that have a verdict."""
    n = len(verdicts)
    part = {"score": None, "confidence": evidence(n, C["audience.k"]), "n": n, "suspicious_share": None,
            "suspicious_low": None, "suspicious_high": None, "base_rate": C["fake.base_rate"]}
    if n:
        share = sum(v / 255 >= C["audience.suspicious_from"] for v in verdicts) / n
        low, high = wilson(share, n, C["audience.wilson_z"])
        part.update(score=100 * (1 - sum(verdicts) / 255 / n), suspicious_share=share, suspicious_low=low,
                    suspicious_high=high)
    return part


def wilson(p, n, z):
    """Wilson's interval of a share."""
    centre, scale = p + z * z / (2 * n), 1 + z * z / n
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (centre - half) / scale, (centre + half) / scale


def residuals(values):
    """r(y)ᵢ = yᵢ − median of the up to 6 before and 6 after."""
    k = C["evidence.likes_reach"]
    return [y - median(values[max(0, i - k):i] + values[i + 1:i + 1 + k]) for i, y in enumerate(values)]


def likes_terms(likes, comments):
    """`spread` and `step` of posts in time order, each with the place of the post that shows it most."""
    a, c = [log1p(x) for x in likes], [log1p(x) for x in comments]
    e = [ra - C["evidence.spread_comments"] * rc for ra, rc in zip(residuals(a), residuals(c))]
    spread = quantile(e, C["evidence.spread_high"]) - quantile(e, C["evidence.spread_low"])
    spread += C["evidence.spread_likes"] * log(1 + median(likes))
    block, steps = C["evidence.step_half"], []
    for i in range(block, len(a) - block + 1):
        rise = median(a[i:i + block]) - median(a[i - block:i])
        talk = sum(c[i:i + block]) / block - sum(c[i - block:i]) / block
        steps.append(rise - C["evidence.step_comments"] * max(0.0, talk))
    step = max(steps)
    return {"spread": spread, "step": step, "spread_at": e.index(max(e)), "step_at": block + steps.index(step)}


def terms(state, as_of, rate, cell):
    """x of each term with evidence, the posts that show them, and how much evidence; rate unrounded or None."""
    x, where, counts, ring = {}, {}, {}, state.ring()
    older = C["engagement.mature_h"] * HOUR
    posts = [p for p in reversed(ring) if as_of - p.posted_at > older]   # Reading: older than 24 h, strictly
    if len(posts) >= min(C["term.spread_least"], C["term.step_least"]):
        found = likes_terms([p.count(LIKE) for p in posts], [p.count(COMMENT) for p in posts])
        for name in ("spread", "step"):
            if len(posts) >= C[f"term.{name}_least"]:
                x[name], where[name], counts[name] = found[name], posts[found[name + "_at"]].post_id, len(posts)
    if rate is not None and cell is not None:
        x["rate_high"], x["rate_low"] = log(rate / cell.at(99)), log(cell.at(1) / rate)
        counts["rate_high"] = counts["rate_low"] = len(mature_organic(state, as_of))
    comments, generic = (sum(max(0, p.traits[i]) for p in ring) for i in (0, 1))
    if comments >= C["term.generic_least"]:
        x["generic"], counts["generic"] = min(generic, comments) / comments, comments
        where["generic"] = max(ring, key=lambda p: p.traits[1]).post_id
    n = len(state.fingerprints)
    if n >= C["term.duplicate_least"]:
        met = Counter(fingerprint for _, _, fingerprint in state.fingerprints)
        x["duplicate"], counts["duplicate"] = sum(k for k in met.values() if k > 1) / n, n
    talked = [p for p in ring if p.count(COMMENT) >= C["evidence.early_comments"]]
    if len(talked) >= C["term.early_least"]:
        x["early_burst"] = sum(p.early_comments() for p in talked) / sum(p.count(COMMENT) for p in talked)
        where["early_burst"] = max(talked, key=Post.early_comments).post_id
        counts["early_burst"] = len(talked)
    return x, where, counts


def engagement_part(x, n_posts):
    """100 − Σ cap·ramp over the terms with evidence; confidence = (Σ their caps / 155) · n/(n + 10)."""
    penalties, caps = {}, 0
    for name in TERMS:
        if x.get(name) is not None:
            cap, low, high = C[TABLE[name]]
            penalties[name] = cap * ramp(x[name], low, high)
            caps += cap
    every = sum(C[TABLE[name]][0] for name in TERMS)
    there = penalties and n_posts            # Reading: §0, a part of confidence 0 is missing: comments whose posts are not known
    return {"score": max(0.0, 100 - sum(penalties.values())) if there else None, "penalties": penalties, "terms": x,
            "confidence": caps / every * evidence(n_posts, C["evidence.k"])}


def likely_posts(state, as_of):
    """Ring posts of ≤ 90 d: how many, those likely paid and not sponsored, their share (None without any), the newest
    sponsored one."""
    posts = [p for p in state.ring() if as_of - p.posted_at <= C["commercial.window_d"] * DAY]
    likely = sum(p.record.likely and not p.sponsored for p in posts)
    return {"ring_posts": len(posts), "likely_posts": likely,
            "undisclosed_share": likely / len(posts) if posts else None,
            "newest_sponsored": next((p.post_id for p in posts if p.sponsored), None)}


def content_part(n, saturation, undisclosed):
    """From ≥ 5 posts in 90 d. Reading: a share without posts costs nothing."""
    if n < C["content.posts_least"]:
        return {"score": None, "confidence": 0.0}
    score = 100.0
    for value, name in ((saturation, "content.saturation"), (undisclosed, "content.undisclosed")):
        cost, low, high = C[name]
        score -= cost * ramp(value, low, high) if value is not None else 0
    return {"score": score, "confidence": evidence(n, C["content.k"])}


def authenticity(parts):
    """The weighted score of the four parts."""
    return weigh({name: (part["score"], part["confidence"]) for name, part in parts.items()},
                 {name: C["authenticity.weight_" + name] for name in PARTS})


def flag(name, value, threshold, where):
    """One flag; its evidence is a day or a post."""
    return {"name": name, "value": value, "threshold": threshold, "post": where if isinstance(where, str) else None,
            "day": where if isinstance(where, int) else None}


def flags(v, where=None):
    """Flags, strict, on published values; each with its evidence: value, threshold, post or day."""
    found, where = [], where or {}
    v = {name: round_rate(x) if isinstance(x, float) else x for name, x in v.items()}
    rows = [("spread", "spread", "spread"), ("step", "step", "step"), ("growth_spike", "growth_z", "growth_spike"),
            ("generic_comments", "generic", "generic"), ("early_burst", "early_burst", "early"),
            ("saturation", "saturation", "saturation")]
    for name, value, constant in rows:
        threshold = C["flag." + constant]
        benign = name == "growth_spike" and v.get("benign")
        if v.get(value) is not None and v[value] > threshold and not benign:
            found.append(flag(name, v[value], threshold, where.get(value)))
    pod = [(v.get("repeat"), "repeat"), (v.get("early_burst"), "early"), (v.get("generic"), "generic")]
    if all(value is not None and value > C["flag.pod_" + constant] for value, constant in pod):
        found.append(flag("pod_like", v["repeat"], C["flag.pod_repeat"], where.get("early_burst")))
    return found
