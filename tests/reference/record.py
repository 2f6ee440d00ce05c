"""A creator's values in the shape of schemas/creator-score.avsc: sections, lists and names as a reader meets them."""


def weighted(total, peers):
    """A weighted score with all its parts, also the missing ones."""
    parts = [{"signal": name, "score": (part or {}).get("score"), "peer": peers.get(name),
              "evidence": total["evidence"][name], "confidence": (part or {}).get("confidence") or 0.0,
              "weight": total["weights"].get(name, 0.0), "contribution": total["contributions"].get(name, 0.0)}
             for name, part in total["parts"].items()]
    for part in parts:
        if part["score"] is None:
            part["confidence"] = 0.0             # a missing part is one with c = 0
    return {"score": total["score"], "confidence": total["confidence"], "parts": parts}


def audience(part):
    """Null without a judged actor."""
    names = ("suspicious_share", "suspicious_low", "suspicious_high", "base_rate")
    return {"judged": part["n"], **{name: part[name] for name in names}} if part["n"] else None


def growth(part):
    """Null below 8 profile days."""
    names = ("days", "z", "mad", "spike_day", "benign_spike", "lost_again", "following_swing")
    return {name: part[name] for name in names} if "z" in part else None


def community(found):
    """What hangs on actors is null without them."""
    some, repeat = found["repeat"]["n"] > 0, found["repeat"]
    return {"score": found["score"], "confidence": found["confidence"], "sampled": repeat["n"],
            "unique_actors": found["unique_sketch"] if some else None, "repeat_share": repeat["share"],
            "repeat_error": repeat["standard_error"], "reply_share": found["reply_share"],
            "since": found["since"] if some else None}


def topics(found):
    """The focus beside its confidence."""
    return {"source": found["source"], "niche": found["niche"], "tokens": found["tokens"],
            "posterior": [{"niche": name, "probability": p} for name, p in found["posterior"].items()],
            "focus": found["focus"]["score"], "focus_confidence": found["focus"]["confidence"]}


def commercial(found):
    """Values of campaigns as lists; the saturation stands under content."""
    campaigns = [{**row, "value": [{"currency": c, "minor_units": n} for c, n in row["value"].items()]}
                 for row in found["campaigns"]]
    names = ("paid_post_performance", "sponsored_posts", "organic_posts", "brands", "currency", "cost_per_engagement")
    return {**{name: found[name] for name in names}, "media_value": found["earned_media_value"], "campaigns": campaigns}


def record_of(values):
    """The record of `reference.Creator.values`."""
    record = {name: value for name, value in values.items() if name != "growth"}
    parts = values["authenticity"]["parts"]
    penalties = parts["engagement"]["penalties"]
    median = values["peers"] and values["peers"]["median"]
    record.update(authenticity=weighted(values["authenticity"], {}), audience=audience(parts["audience"]),
                  terms=[{"term": name, **term, "penalty": penalties[name]} for name, term in values["terms"].items()],
                  follower_growth=growth(parts["growth"]), activity=values["growth"],
                  community=community(values["community"]), topics=topics(values["topics"]),
                  commercial=commercial(values["commercial"]),
                  creator_score=weighted(values["creator_score"], {"engagement": median}))
    return record
