"""§4, growth part of authenticity; §5, growth and activity."""
from common import evidence, median, ramp, round_rate
from engagement import window
from methodology import C
from records import DAY


def daily(days):
    """Followers and change of each day; the change over a gap is spread evenly over the days between."""
    level, change = {}, {}
    for before, after in zip(days, days[1:]):
        gap, total = after["day"] - before["day"], after["followers"] - before["followers"]
        for k in range(1, gap + 1):
            change[before["day"] + k] = total / gap
            level[before["day"] + k] = before["followers"] + k * total / gap
    return level, change


def spike(days, day_engagements):
    """z of the largest change, its day, whether it is benign, and whether it was lost again."""
    level, change = daily(days)
    middle = median(change.values())
    mad = median(abs(d - middle) for d in change.values())
    most = max(change.values())
    day = min(k for k, d in change.items() if d == most)         # Reading: the first of equal days
    scale = max(C["growth.spike_mad"] * mad, C["growth.spike_followers"] * days[-1]["followers"],
                C["growth.spike_least"])
    z = (most - middle) / scale
    usual = median(day_engagements.get(k, 0) for k in change)
    lively = max(day_engagements.get(day, 0), day_engagements.get(day + 1, 0))
    low = C["growth.spike"][1]
    after = [level[k] for k in range(day + 1, day + 1 + C["growth.lost_days"]) if k in level]
    lost = (level[day] - min(after)) / most if after and most > 0 else 0.0
    big = round_rate(z) > low
    return {"z": z, "mad": mad, "spike_day": day,
            # Reading: of spikes only
            "benign_spike": big and usual > 0 and lively >= C["growth.benign_factor"] * usual,
            "lost_again": big and round_rate(lost) >= C["growth.lost_share"]}


def following_swing(days, as_of):
    """Σ|Δfollowing| over the last 30 d / max(newest following, 100), over non-null values; None without one."""
    known = [d for d in days if d.get("following") is not None]
    if not known:
        return None
    since = as_of - C["growth.following_days"] * DAY
    moves = [abs(b["following"] - a["following"]) for a, b in zip(known, known[1:]) if b["day"] * DAY > since]
    if not moves:
        return None                              # Reading: no change is known of these days
    return sum(moves) / max(known[-1]["following"], C["growth.following_least"])


def growth_part(days, day_engagements, as_of=None):
    """From ≥ 8 of the kept profile days ({day, followers, following}, oldest first)."""
    n = len(days)
    if n < C["growth.days_least"]:
        return {"score": None, "confidence": 0.0, "days": n}
    as_of = (days[-1]["day"] + 1) * DAY - 1 if as_of is None else as_of
    found, swing = spike(days, day_engagements), following_swing(days, as_of)
    cost, low, high = C["growth.spike"]
    score = 100.0 - (0 if found["benign_spike"] else cost * ramp(found["z"], low, high))
    score -= C["growth.lost_cap"] if found["lost_again"] else 0     # Reading: also after a benign spike
    cost, low, high = C["growth.following"]
    score -= cost * ramp(swing, low, high) if swing is not None else 0
    return {"score": score, "confidence": evidence(n, C["growth.k"]), "days": n, "following_swing": swing, **found}


def growth_of(state, as_of):
    """The growth part of a creator."""
    days = [{"day": day, "followers": p.followers, "following": p.following}
            for day, p in state.profile_days.items()]
    engagements = {at // DAY: sum(max(0, n) for n in columns[1:5]) for at, columns in state.days.values()}
    return growth_part(days, engagements, as_of)


def followers_change(state, as_of, length):
    """§5: newest followers against those of the nearest kept day at or before as_of's day − length.

    Reading: null when the newest snapshot itself is that old; relative to nobody is null.
    """
    days = list(state.profile_days)
    earlier = [day for day in days if day <= as_of // DAY - length]
    if not earlier or earlier[-1] == days[-1]:
        return {"change": None, "relative": None}
    before, now = state.profile_days[earlier[-1]].followers, state.profile_days[days[-1]].followers
    return {"change": now - before, "relative": round_rate((now - before) / before) if before > 0 else None}


def activity(state, as_of):
    """§5, all of it. Reading: whole days since the newest undeleted post of the ring."""
    week, month = (followers_change(state, as_of, length) for length in C["activity.change_days"])
    ring, days = state.ring(), C["activity.posts_days"]
    return {"change_7d": week["change"], "relative_7d": week["relative"], "change_30d": month["change"],
            "relative_30d": month["relative"],
            "posts_per_week": round_rate(window(state, as_of, days * DAY)[8] * 7 / days),
            "days_since_post": (as_of - ring[0].posted_at) // DAY if ring else None}
