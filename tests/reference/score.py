"""§9, creator score, and the whole record of a creator: every published value, rounded as §0 says."""
from math import floor

from authenticity import (audience_part, authenticity, content_part, engagement_part, flags, likely_posts, terms)
from commercial import commercial
from common import round_rate, round_score, weigh
from community import community, repeat_share, reply_share
from engagement import post_values, window_values
from growth import activity, growth_of
from methodology import C
from peers import Histogram, peer_score, percentile
from records import DAY
from tier import cells, tiers
from topics import topics

WEIGHTS = {"engagement": "creator.weight_engagement", "authenticity": "creator.weight_authenticity",
           "niche_focus": "creator.weight_focus", "community": "creator.weight_community"}


def creator_score(engagement, authentic, niche, people):
    """§9: weighted score of four parts, each {score, confidence} or None."""
    parts = dict(zip(WEIGHTS, (engagement, authentic, niche, people)))
    pairs = {name: part and (part["score"], part["confidence"]) for name, part in parts.items()}
    return {"parts": parts} | weigh(pairs, {name: C[key] for name, key in WEIGHTS.items()})


def shown(value, name=""):
    """Rounds a nested value: scores and what adds up to them to 1e-3, other reals to 1e-7."""
    if isinstance(value, dict):
        inside = name in ("penalties", "contributions")
        return {key: shown(v, "score" if inside else key) for key, v in value.items()}
    if isinstance(value, list):
        return [shown(v, name) for v in value]
    if not isinstance(value, float) or name == "cost_per_engagement":
        return value
    return round_score(value) if name in ("score", "percentile") else round_rate(value)


def peers_of(state, band):
    """The peer cell in use, §3: platform of the newest profile × band; None without a profile or a table."""
    if state.setup.peers is None or band is None:
        return None
    return state.setup.peers.cell(state.platform(), band)


def peer_entry(state, as_of):
    """§3: platform, place of the band in scheme default, bin of m: where a lane's histograms count the creator."""
    ladder = tiers(state.tier_state) if state.tier_state else []
    _, inner = post_values(state, as_of)
    if not ladder or inner is None:
        return None
    band = (ladder[0]["tier"], ladder[0]["band"])
    return {"platform": state.platform(), "band": cells().index(band), "bin": Histogram().place(inner["m"])}


def peer_values(cell, rate):
    """Median, percentile and score of the estimate among its peers. Reading: both are of the estimate."""
    if cell is None or rate is None:
        return None
    return {"n": cell.n, "source": cell.source, "median": cell.at(50),
            "percentile": percentile(rate, cell.quantiles), "score": peer_score(rate, cell.at(50))}


def evaluate(state, as_of, posterior=None, known=None):
    """All published values of a creator as of an event time; posterior of a niche model and how many tokens it knows."""
    ladder = tiers(state.tier_state) if state.tier_state else []
    cell = peers_of(state, ladder[0]["band"] if ladder else None)
    newest = next(reversed(state.profile_days.values())) if state.profile_days else None
    rates, inner = post_values(state, as_of, cell and cell.at(50))
    rate = inner and inner["estimate"]
    record = {"creator_id": state.creator_id, "version": {"offsets": sum(state.next_offset.values())},
              "platform": newest and newest.platform, "followers": newest and newest.followers, "as_of": as_of,
              "tiers": ladder, **window_values(state, as_of), **rates, "peers": peer_values(cell, rate),
              "commercial": commercial(state, as_of, rate), "growth": activity(state, as_of)}
    sample = state.actors.sample(as_of)
    x, where, counts = terms(state, as_of, rate, cell)
    likely = likely_posts(state, as_of)
    parts = {"audience": audience_part([v for v, _ in sample.values() if v is not None]),
             "engagement": engagement_part(x, len(state.ring())), "growth": growth_of(state, as_of),
             "content": content_part(record["posts_90d"], record["commercial"]["saturation"],
                                     likely["undisclosed_share"])}
    repeat, reply = repeat_share({h: posts for h, (_, posts) in sample.items()}), reply_share(state)
    people = community(repeat["share"], reply, repeat["n"])
    subject, total = topics(state, posterior, known), authenticity(parts)
    engaged = {"score": record["peers"]["score"], "confidence": inner["confidence"]} if cell and inner else None
    evidence = {"audience": parts["audience"]["n"], "engagement": len(state.ring()),
                "growth": len(state.profile_days), "content": record["posts_90d"]}
    known = sum(n for name, n in evidence.items() if parts[name]["score"] is not None)
    values = {**x, "growth_z": parts["growth"].get("z"), "benign": parts["growth"].get("benign_spike"),
              "saturation": record["commercial"]["saturation"], "repeat": repeat["share"]}
    where.update(growth_z=parts["growth"].get("spike_day"), saturation=likely.pop("newest_sponsored"))
    record.update(authenticity={**total, "parts": parts, "evidence": evidence}, flags=flags(values, where),
                  terms={name: {"value": x[name], "evidence": counts[name]} for name in x},
                  content={"saturation": record["commercial"]["saturation"], **likely},
                  community={**people, "unique_actors": state.actors.unique(as_of),
                             "unique_sketch": floor(state.actors.unique_sketch(as_of) + 0.5), "repeat": repeat,
                             "reply_share": reply, "since": since(as_of)},
                  topics=subject, creator_score=creator_score(engaged, total, subject["focus"], people))
    record["creator_score"]["evidence"] = {"engagement": record["mature_organic_posts"], "authenticity": known,
                                           "niche_focus": subject["tokens"], "community": repeat["n"]}
    return shown(record)


def since(as_of):
    """§0.1: from when on the actors' values cover: two whole slices and what has passed of the third."""
    length = C["state.slice_days"] * DAY
    return (as_of // length - C["state.slices"] + 1) * length
