"""A fit in the shape of schemas/fit-score.avsc, and which field of it is compared how (see compare.py)."""
from actors import Registers
from compare import EXACT, PART, RATE, SCORE, SHARE
from fit import QUALITY, fit
from gates import given, names_of
from text import handle

STEPS = ("target", "values", "quality")
FIELDS = {"gate": EXACT, "score": SCORE, "confidence": RATE, "affinity.score": SCORE, "affinity.source": EXACT, "target": RATE,
          "values": RATE, "quality.score": SCORE, "quality.confidence": RATE, "platform": EXACT, "tier": EXACT, "followers": EXACT,
          "estimate": RATE, "price.minor_units": EXACT, "price.currency": EXACT, "authenticity": SCORE, "actors": EXACT,
          "collaboration.posts": EXACT, "collaboration.newest": EXACT, "collaboration.engagements": EXACT,
          "delivered.newest": EXACT, "delivered.clicks": EXACT, "delivered.purchases": EXACT, "delivered.value": EXACT, "newest_post_at": EXACT}
FIELDS.update({f"quality.parts.{part}.{name}": kind for part in QUALITY
               for name, kind in (("score", SCORE), ("confidence", RATE), ("weight", SHARE), ("contribution", PART))})
FIELDS.update({f"waterfall.{step}.{name}": kind for step in STEPS for name, kind in (("value", RATE), ("step", SCORE))})
EXPONENTS = tuple(f"waterfall.{step}.value" for step in STEPS)
BY_AFFINITY = ("score", "affinity.score") + tuple(f"waterfall.{step}.step" for step in STEPS)


def quality_record(q):
    """All parts, also the missing ones."""
    parts = {}
    for name in QUALITY:
        score, confidence = q["parts"].get(name) or (None, 0.0)
        parts[name] = {"score": score, "confidence": confidence if score is not None else 0.0, "weight": q["weights"].get(name, 0.0),
                       "contribution": q["contributions"].get(name, 0.0)}
    return {"score": q["score"], "confidence": q["confidence"], "parts": parts}


def steps_record(found, weights):
    """value and step of all three; values that were not asked for change nothing (Reading)."""
    steps = {step["name"]: step["step"] for step in found["waterfall"]}
    return {name: {"value": found["factors"].get(name, 1.0) ** weights.get(name, 1.0), "step": steps.get(name, 0.0)} for name in STEPS}


def collaboration(ring, brand):
    """Official or disclosed posts that name the brand."""
    wanted = handle(brand, dots=True)
    posts = [p for p in ring if p.sponsored and wanted in names_of(p.record)]
    return {"posts": len(posts), "newest": max(p.posted_at for p in posts), "engagements": sum(p.engagements() for p in posts)} if posts else None


def delivered(state, campaign_id):
    """Clicks and purchases of the campaign, where it is among those kept."""
    acts = state.campaigns.get(campaign_id)
    value = {currency: n for currency, n in acts.value.items() if n} if acts else None
    return {"newest": acts.newest, "clicks": acts.clicks, "purchases": acts.purchases, "value": value} if acts else None


def fit_record(state, values, sketch, campaign, as_of, **by):
    """The record of a pair; values: those of the creator as of then, sketch: its actors' registers, by: what `fit` takes of a model."""
    k, ring = given(campaign), state.ring()
    found = fit(state, campaign, as_of, record=values, **by)
    v = found["values"]
    score, estimate = found["affinity"]["score"], values["estimate"]
    return {"gate": found["gate"], "score": found["fit"], "confidence": found["confidence"],
            "affinity": None if score is None else {"score": score, "source": found["affinity_source"]},
            "target": found["target"]["T"], "values": v, "quality": quality_record(found["quality"]),
            "waterfall": steps_record(found, k["weights"]), "platform": values["platform"],
            "tier": values["tiers"][0]["tier"] if values["tiers"] else None, "followers": values["followers"],
            "estimate": estimate and estimate["rate"], "price": next(reversed(state.profile_days.values())).price if state.profile_days else None,
            "authenticity": values["authenticity"]["score"], "actors": sketch, "collaboration": collaboration(ring, k["brand"]),
            "delivered": delivered(state, campaign["campaign_id"]), "newest_post_at": ring[0].posted_at if ring else None}


def as_published(record):
    """A published record with its lists by name and its actors as registers; zeros of `value` left out."""
    quality, acts = record["quality"], record["delivered"]
    return {**record, "waterfall": {row["factor"]: row for row in record["waterfall"]},
            "actors": bytes(Registers.unpacked(bytes.fromhex(record["actors"] or "")).ranks),
            "quality": quality and {**quality, "parts": {part["signal"]: part for part in quality["parts"]}},
            "delivered": acts and {**acts, "value": {c: n for c, n in acts["value"].items() if n}}}


def at(record, path):
    """What stands there; a section that is null has nothing."""
    for name in path.split("."):
        record = record.get(name) if record else None
    return record


def compare_fit(report, wanted, found, where, without=()):
    """All fields but some. A score that is null is 0, and has no place."""
    for field, kind in FIELDS.items():
        if field not in without:
            ours, theirs = at(wanted, field), at(found, field)
            report.compare(field, ours or 0.0 if field == "score" else ours, theirs, where, kind)
