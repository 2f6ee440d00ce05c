"""§10, campaign fit: target, values, quality, the waterfall, and the fit of one creator's state to one campaign."""
from math import log

from affinity import affinity, brand_vector, lexicon_affinity, near_duplicates
from common import evidence, ramp, weigh
from gates import facts_of, failed_gate, given
from methodology import C
from score import evaluate
from topics import histogram, tokens
from vectors import Vectors

QUALITY = {"engagement": "engagement", "authenticity": "authenticity", "saturation": "saturation",
           "paid_performance": "paid", "cost": "cost"}           # part -> its weight's name


def target(aud, k):
    """T = mean of Σ min(share, target) over what is asked and present; factor 0.5 + 0.5·T, 1 without shares."""
    sums = [sum(min(aud[name].get(key, 0.0), share) for key, share in k[name].items())
            for name in ("countries", "languages") if k.get(name) and (aud or {}).get(name)]
    t = sum(sums) / len(sums) if sums else None
    reach = C["fit.target_reach"]
    return {"T": t, "factor": 1.0 if t is None else 1 - reach + reach * t}


def values(touching, posts):
    """v = posts touching a value / (posts + 5); factor 0.8 + 0.2·ramp(v; 0, .2)."""
    v, reach = touching / (posts + C["fit.values_k"]), C["fit.values_reach"]
    return {"v": v, "factor": 1 - reach + reach * ramp(v, *C["fit.values"])}


def quality(engagement_part, authenticity_part, saturation=None, ppp=None, cpe_ratio=None):
    """Q and its factor 0.85 + 0.15·Q/100, 1 when Q is null; the parts are {score, confidence} or None."""
    parts = {name: part and (part["score"], part["confidence"])
             for name, part in (("engagement", engagement_part), ("authenticity", authenticity_part))}
    if saturation is not None:
        parts["saturation"] = 100 - 100 * ramp(saturation, *C["fit.saturation"]), 1.0
    if ppp is not None:
        parts["paid_performance"] = C["fit.paid_at_parity"] * min(ppp, 2), 1.0
    if cpe_ratio is not None:
        end = log(C["fit.cost_reach"])
        parts["cost"] = 100 * ramp(-log(cpe_ratio), -end, end), 1.0
    total = weigh(parts, {name: C["fit.weight_" + weight] for name, weight in QUALITY.items()})
    reach = C["fit.quality_reach"]
    return {**total, "parts": parts, "factor": 1.0 if total["score"] is None else 1 - reach + reach * total["score"] / 100}


def waterfall(start, factors, weights=None):
    """Fit = affinity × factors to their exponents, as signed steps in the order given."""
    steps, fit = [{"name": "affinity", "step": start}], start
    for name, factor in factors:
        after = fit * factor ** (weights or {}).get(name, 1.0)
        steps.append({"name": name, "step": after - fit})
        fit = after
    return {"fit": fit, "waterfall": steps}


def quality_of(record, price_levels):
    """Q of a creator's values; price_levels: {currency: median cost per engagement} of its peers' cell."""
    peers, estimate, paid = record["peers"], record["estimate"], record["commercial"]
    engaged = peers and estimate and {"score": peers["score"], "confidence": estimate["confidence"]}
    median, cost = (price_levels or {}).get(paid["currency"]), paid["cost_per_engagement"]
    return quality(engaged, record["authenticity"], paid["saturation"], paid["paid_post_performance"],
                   cost / median if median and cost else None)


def touching(ring, k):
    """Posts of the ring that touch one of the campaign's values."""
    return sum(bool(set(k["values"]) & p.record.classes) for p in ring)


def closeness(state, k, model, heard, brand):
    """(affinity, source, tokens, V or None) of a creator; heard: (Y, m); brand: B or None."""
    ring = state.ring()
    if model is None:
        score = lexicon_affinity(histogram(ring, state.setup.text.niches), k["topics"])
        return {"a": None, "z": None, "score": score}, "LEXICON", len(tokens(ring)), None
    vectors = Vectors(model, ring, *heard)
    found = affinity(vectors.whole, brand, model.mean, model.covariance) if brand else {"a": None, "z": None, "score": None}
    return found, "VECTORS", vectors.n, vectors.whole


def fit(state, campaign, as_of, model=None, heard=(None, 0), brand=None, examples=None, price_levels=None, record=None):
    """Fit of a creator to a campaign, unrounded; brand: `brand_of`, examples: {id: V} for the note on near duplicates.

    record: the creator's values as of then, where they are known already.

    Readings: a fit without affinity is null; what a failed gate sets to 0 is listed all the same; the record lists target and
    quality always, values only when asked for.
    """
    k, record = given(campaign), record or evaluate(state, as_of)
    gate = failed_gate(facts_of(state, record), k, as_of)
    close, source, n, whole = closeness(state, k, model, heard, brand)
    newest = next(reversed(state.profile_days.values())) if state.profile_days else None
    aim, q = target(newest and newest.audience, k), quality_of(record, price_levels)
    factors, shared = [("target", aim["factor"]), ("quality", q["factor"])], None
    if k["values"]:
        ring = state.ring()
        shared = values(touching(ring, k), len(ring))
        factors.insert(1, ("values", shared["factor"]))
    confidence = min(evidence(n, C["fit.tokens_k"]), q["confidence"])
    if (k["countries"] or k["languages"]) and aim["T"] is None:
        confidence *= C["fit.untold"]
    result = waterfall(close["score"], factors, k["weights"]) if close["score"] is not None else {"fit": None, "waterfall": []}
    if gate:
        result["fit"] = 0.0
    near = near_duplicates(whole, {i: v for i, v in (examples or {}).items() if i != state.creator_id}) if whole else []
    return {"gate": gate, **result, "affinity": close, "affinity_source": source, "target": aim, "values": shared and shared["v"],
            "quality": q, "factors": dict(factors), "confidence": confidence, "near": near}


def brand_of(campaign, model, text, examples=()):
    """(B, {id: V}) of a campaign; examples: [(state, Y, m)] of its example creators that are known."""
    rings = [(state.ring(), y, m) for state, y, m in examples]
    wholes = {state.creator_id: Vectors(model, state.ring(), y, m).whole for state, y, m in examples}
    return brand_vector(model, campaign, text, rings), wholes
