"""§2, engagement: windows, rates, the estimate."""
from math import exp, log, sqrt

from common import evidence, median, round_rate
from methodology import C
from records import COMMENT, COUNTERS, DAY, HOUR, LIKE

WINDOWS = (("last_24h", DAY), ("last_7d", 7 * DAY), ("last_30d", 30 * DAY), ("last_90d", 90 * DAY))


def log_rate(engagements, followers):
    """ln((L+C+S+V + 0.5)/max(f, 1))."""
    return log((engagements + C["estimate.offset"]) / max(followers, 1))


def estimate(series, peer_median=None):
    """`engagement_rate_estimate`, unrounded; series = (engagements, followers), newest first."""
    if not series:
        return None
    weights = [2 ** (-i * C["estimate.half"]) for i in range(len(series))]
    logs = [log_rate(engagements, followers) for engagements, followers in series]
    total = sum(weights)
    m = sum(w * x for w, x in zip(weights, logs)) / total
    n_eff = total * total / sum(w * w for w in weights)
    b = m if peer_median is None else log(peer_median)
    shrink = C["estimate.peer_weight"]
    rate = exp((n_eff * m + shrink * b) / (n_eff + shrink))
    factor = exp(C["estimate.interval_z"] * C["estimate.interval_sigma"] / sqrt(n_eff) + C["estimate.interval_floor"])
    return {"estimate": rate, "low": rate / factor, "high": rate * factor, "m": m, "n_eff": n_eff,
            "confidence": evidence(n_eff, C["estimate.k"])}


def median_rate(rates):
    """The median of the newest 12 (rates are newest first), null below 5; and how many are in it."""
    rates = rates[:C["engagement.posts"]]
    enough = len(rates) >= C["engagement.posts_least"]
    return (round_rate(median(rates)) if enough else None), len(rates)


def counts_record(columns):
    """§0.1: each published kind clamped at 0, then added up to the engagements."""
    columns = [max(0, n) for n in columns[:8]]
    record = dict(zip(COUNTERS, columns))
    record["engagements"] = sum(columns[1:5])
    return record


def window(state, as_of, length):
    """Sums of the 10 columns of the buckets that start after as_of − length: hours for 24 h, else days."""
    ring = state.hours if length == DAY else state.days
    rows = [columns for at, columns in ring.values() if at > as_of - length]
    return [sum(column) for column in zip(*rows)] if rows else [0] * 10


def window_values(state, as_of):
    """The windows, totals, velocity, and the posts of 90 d."""
    record = {"totals": counts_record(state.totals)}
    for name, length in WINDOWS:
        columns = window(state, as_of, length)
        record[name] = counts_record(columns)
    record["posts_90d"], record["sponsored_90d"] = columns[8:]
    week = record["last_7d"]["engagements"]
    record["velocity"] = round_rate(record["last_24h"]["engagements"] / (week / 7)) if week > 0 else None
    return record


def mature_organic(state, as_of):
    """≥ 24 h and ≤ 90 d old, not sponsored, not deleted, followers known; newest first."""
    youngest, oldest = C["engagement.mature_h"] * HOUR, C["engagement.mature_until_d"] * DAY
    return [p for p in state.ring() if youngest <= as_of - p.posted_at <= oldest and not p.sponsored
            and p.followers is not None]


def post_values(state, as_of, peer_median=None):
    """The three medians and the estimate (also unrounded, under `inner`)."""
    posts = mature_organic(state, as_of)
    series = [(p.engagements(), p.followers) for p in posts]
    rate, n = median_rate([e / max(f, 1) for e, f in series])
    rate_lc, _ = median_rate([(p.count(LIKE) + p.count(COMMENT)) / max(p.followers, 1) for p in posts])
    rate_v, n_v = median_rate([e / p.count(0) for p, (e, _) in zip(posts, series) if p.count(0) > 0])
    inner = estimate(series, peer_median)
    published = inner and {"rate": round_rate(inner["estimate"]), "low": round_rate(inner["low"]),
                           "high": round_rate(inner["high"]), "confidence": inner["confidence"]}
    return {"engagement_rate": rate, "engagement_rate_posts": n, "engagement_rate_lc": rate_lc,
            "engagement_rate_views": rate_v, "engagement_rate_views_posts": n_v, "estimate": published,
            "mature_organic_posts": len(posts), "followers_late": any(p.followers_late for p in posts)}, inner
