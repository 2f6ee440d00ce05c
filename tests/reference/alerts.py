"""§12, alerts: what changed between two published records of a creator, with ids, at most one an hour per creator and type.

A record is that of record.py. `cause` is the position of the input record that made the change: (epoch, lane, topic,
offset). Campaigns and rosters are given beside: {campaign: …} of what the roster worker knows.
"""
from typing import NamedTuple

from common import round_rate, round_score
from methodology import C
from records import DAY, HOUR


class Alert(NamedTuple):
    """id = (creator, type, campaign, position of the cause): equal ids are one alert."""
    creator: str
    type: str
    campaign: str
    cause: tuple
    before: object
    after: object

    def id(self):
        """What a reader drops repetitions by."""
        return self[:4]


def default_tier(record):
    """Scheme default, None before the first profile."""
    return record["tiers"][0]["tier"] if record["tiers"] else None


def flag_names(record):
    """Sorted."""
    return sorted(flag["name"] for flag in record["flags"])


def moved(record):
    """Followers ±20 % in 7 d: the change where it is so large, else None."""
    change = record["activity"]["relative_7d"]
    return change if change is not None and abs(change) >= C["alert.followers"] else None


def fallen(record, told):
    """Authenticity −10 points in 7 d: the highest score told in the 7 d before, where it was so much higher, else None."""
    score, oldest = record["authenticity"]["score"], record["as_of"] - C["alert.days"] * DAY
    scores = [old for at, old in told if oldest <= at <= record["as_of"] and old is not None]
    return max(scores) if score is not None and scores and round_score(max(scores) - score) >= C["alert.authenticity"] else None


def healthy(record):
    """Saturation within 5–15 %, both ends included (Reading); None without one."""
    share = record["content"]["saturation"]
    return None if share is None else C["commercial.healthy_low"] <= round_rate(share) <= C["commercial.healthy_high"]


def silent(record):
    """No post for 14 d. Reading: a creator without any kept post is not silent but unknown."""
    days = record["activity"]["days_since_post"]
    return days is not None and days >= C["alert.silent_days"]


def own_changes(before, after, told):
    """(type, from, to) of what a creator's record alone says. Reading: an alert is for what begins, not for what lasts."""
    tiers = default_tier(before), default_tier(after)
    if None not in tiers and tiers[0] != tiers[1]:
        yield "tier_changed", *tiers
    now, then = moved(after), moved(before)
    if now is not None and (then is None or (now > 0) != (then > 0)):
        yield "followers_moved", then, now
    high = fallen(after, told)
    if high is not None and fallen(before, told) is None:
        yield "authenticity_fell", high, after["authenticity"]["score"]
    new = [name for name in flag_names(after) if name not in flag_names(before)]
    if new:
        yield "new_flag", flag_names(before), new
    if healthy(before) and healthy(after) is False:
        yield "saturation_left", before["content"]["saturation"], after["content"]["saturation"]
    likely = before["content"]["likely_posts"], after["content"]["likely_posts"]
    if likely[1] > likely[0]:
        yield "undisclosed_post", *likely


def rostered_changes(before, after, conflicts):
    """(type, campaign, from, to) of a creator in rosters; conflicts: {campaign: (gate `competitor` failed before, now)}."""
    for campaign, (then, now) in sorted(conflicts.items()):
        if now and not then:
            yield "competitor_deal", campaign, then, now
        if silent(after) and not silent(before):
            yield "creator_silent", campaign, before["activity"]["days_since_post"], after["activity"]["days_since_post"]


def alerts(before, after, cause, told=(), conflicts=None):
    """All alerts between two records; told: [(as_of, authenticity)] published before `after`. Nothing changes from nothing."""
    if before is None:
        return []
    told = told or [(before["as_of"], before["authenticity"]["score"])]
    found = [Alert(after["creator_id"], kind, "", cause, old, new) for kind, old, new in own_changes(before, after, told)]
    return found + [Alert(after["creator_id"], kind, campaign, cause, old, new)
                    for kind, campaign, old, new in rostered_changes(before, after, conflicts or {})]


def ranking_alerts(campaign, before, after, cause):
    """Fit entered or left a campaign's top 20, of two merged rankings [(creator, fit)], best first."""
    then, now = (dict(rows[:C["alert.top"]]) for rows in (before, after))
    found = [Alert(creator, "fit_entered", campaign, cause, None, now[creator]) for creator in sorted(set(now) - set(then))]
    return found + [Alert(creator, "fit_left", campaign, cause, then[creator], None) for creator in sorted(set(then) - set(now))]


class Throttle:
    """Per creator and type at most one an hour of event time; equal ids are one. Reading: who comes too early is dropped."""

    def __init__(self):
        self.last, self.ids = {}, set()

    def let(self, found, as_of):
        """Those that are published."""
        passed = []
        for alert in found:
            key, at = alert[:2], self.last.get(alert[:2])
            if alert.id() not in self.ids and (at is None or as_of - at >= C["alert.hours"] * HOUR):
                self.ids.add(alert.id())
                self.last[key] = as_of
                passed.append(alert)
        return passed
