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
    """Of the ring's posts older than 24 h and with followers at post time."""
    older = C["engagement.mature_h"] * HOUR
    posts = [p for p in state.ring() if as_of - p.posted_at > older and p.followers is not None]
    return paid_post_performance(*([(p.engagements(), p.followers) for p in posts if p.sponsored == paid]
                                   for paid in (True, False)))


def brands(ring):
    """Mentions and sponsors: last day, posts that name them, official or not; newest first, then by name.

    Reading: official where the label names it, or where it is mentioned in an official post without a label.
    """
    found = {}
    for p in ring:
        for name in filter(None, dict.fromkeys(p.record.sponsors + p.record.mentions)):
            official = name in p.record.sponsors or (p.record.official and not p.record.sponsors)
            entry = found.setdefault(name, {"brand": name, "last_day": p.posted_at // DAY, "posts": 0,
                                            "official": False})
            entry["posts"] += 1
            entry["last_day"] = max(entry["last_day"], p.posted_at // DAY)
            entry["official"] = entry["official"] or official
    return sorted(found.values(), key=lambda entry: (-entry["last_day"], entry["brand"]))


def cost_per_engagement(price_minor, estimate, followers):
    """Price / (estimate · followers), minor units, unrounded; null without either."""
    if price_minor is None or not estimate or not followers:
        return None
    return price_minor / (estimate * followers)


def unit_values(path):
    """{kind: minor units} of a table of data/emv, and its currency."""
    table = read(path)
    return {kind: value[0] for kind, value in table["unit"].items()}, table["emv"]["currency"][0]


def earned_media_value(state, as_of):
    """Σ counters of a window · unit value, for each window; null without a table."""
    if not state.setup.unit_values:
        return None
    worth = state.setup.unit_values
    return {name: sum(max(0, n) * worth.get(kind, 0) for kind, n in zip(KINDS, window(state, as_of, length)))
            for name, length in WINDOWS}


def campaigns(state):
    """Clicks, purchases and value per campaign, the newest first; counts never below 0."""
    rows = [{"campaign_id": name, "newest": c.newest, "clicks": max(0, c.clicks), "purchases": max(0, c.purchases),
             "value": {currency: n for currency, n in c.value.items() if n}} for name, c in state.campaigns.items()]
    return sorted(rows, key=lambda row: (-row["newest"], row["campaign_id"]))


def commercial(state, as_of, estimate):
    """All of it; estimate unrounded or None."""
    newest = next(reversed(state.profile_days.values())) if state.profile_days else None
    price = newest and newest.price
    columns = window(state, as_of, C["commercial.window_d"] * DAY)
    ring = state.ring()
    return {"saturation": round_rate(saturation(columns[9], columns[8])),
            "sponsored_posts": sum(p.sponsored for p in ring),
            "likely_posts": sum(p.record.likely and not p.sponsored for p in ring),
            "paid_post_performance": round_rate(paid_of(state, as_of)), "brands": brands(ring),
            "cost_per_engagement": cost_per_engagement(price and price["minor_units"], estimate,
                                                       newest and newest.followers),
            "currency": price and price["currency"],
            "earned_media_value": earned_media_value(state, as_of),
            "campaigns": campaigns(state)}
