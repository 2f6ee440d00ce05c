"""§8, commercial: saturation, paid-post performance, brands, cost, earned media value, campaigns."""
from math import exp

from common import median, round_rate
from engagement import WINDOWS, log_rate, window
from methodology import C, read
from records import DAY, HOUR, KINDS


def saturation(sponsored, posts):
    """Sponsored / posts over 90 d, null below 3 posts."""
    return sponsored / posts if posts >= C["commercial.saturation_least"] else None


def paid_post_performance(sponsored, organic):
    """exp(shrunk difference of median ln ER_f) of two lists of (engagements, followers); null when one is empty."""
    if not sponsored or not organic:
        return None
    paid, free = (median(log_rate(*post) for post in posts) for posts in (sponsored, organic))
    n = min(len(sponsored), len(organic))
    return exp((paid - free) * n / (n + C["commercial.paid_k"]))


def paid_of(state, as_of):
    """Sponsored and organic posts of the ring, older than 24 h and with followers at post time."""
    older = C["engagement.mature_h"] * HOUR
    posts = [p for p in state.ring() if as_of - p.posted_at > older and p.followers is not None]
    return [[(p.engagements(), p.followers) for p in posts if p.sponsored == paid] for paid in (True, False)]


def brands(ring):
    """Mentions and sponsors of a ring, newest first, at most 16: last day, posts that name them, official or not.

    Reading: official where a label names it.
    """
    found = {}
    for p in ring:
        for name, official in p.record.brands.items():
            if name not in found and len(found) == 16:
                continue
            entry = found.setdefault(name, {"brand": name, "last_day": p.posted_at // DAY, "posts": 0,
                                            "official": False})
            entry["posts"] += 1
            entry["official"] = entry["official"] or official
    return list(found.values())


def cost_per_engagement(price_minor, estimate, followers):
    """Price / (estimate · followers), minor units, unrounded; null without either."""
    if price_minor is None or not estimate or not followers:
        return None
    return price_minor / (estimate * followers)


def unit_values(path):
    """{kind: minor units, "currency": which} of a table of data/emv."""
    table = read(path)
    return {"currency": table["emv"]["currency"][0], **{kind: value[0] for kind, value in table["unit"].items()}}


def earned_media_value(state, as_of):
    """Σ counters of a window · unit value, for each window; null without a table."""
    if not state.setup.unit_values:
        return None
    worth = state.setup.unit_values
    values = {name: sum(max(0, n) * worth.get(kind, 0) for kind, n in zip(KINDS, window(state, as_of, length)))
              for name, length in WINDOWS}
    return {"currency": worth["currency"], **values}


def campaigns(state):
    """Clicks, purchases and value per campaign, the newest first; counts never below 0."""
    rows = [{"campaign_id": name, "newest": c.newest, "clicks": max(0, c.clicks), "purchases": max(0, c.purchases),
             "value": {currency: n for currency, n in sorted(c.value.items())[:3] if n}}
            for name, c in state.campaigns.items()]
    return sorted(rows, key=lambda row: (-row["newest"], row["campaign_id"]))


def commercial(state, as_of, estimate):
    """All of it; estimate unrounded or None."""
    newest = next(reversed(state.profile_days.values())) if state.profile_days else None
    price = newest and newest.price
    columns = window(state, as_of, C["commercial.window_d"] * DAY)
    paid, organic = paid_of(state, as_of)
    return {"saturation": round_rate(saturation(columns[9], columns[8])),
            "sponsored_posts": len(paid), "organic_posts": len(organic),
            "paid_post_performance": round_rate(paid_post_performance(paid, organic)), "brands": brands(state.ring()),
            "cost_per_engagement": cost_per_engagement(price and price["minor_units"], estimate,
                                                       newest and newest.followers),
            "currency": price and price["currency"],
            "earned_media_value": earned_media_value(state, as_of),
            "campaigns": campaigns(state)}
