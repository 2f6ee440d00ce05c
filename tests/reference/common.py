"""§0, conventions: ramp, rounding, medians, weighted scores."""
from math import floor
from statistics import median

from methodology import C

__all__ = ["ramp", "median", "quantile", "round_rate", "round_score", "evidence", "weigh"]


def ramp(x, low, high):
    """ramp(x; a, b) = clamp((x − a)/(b − a), 0, 1)."""
    return min(max((x - low) / (high - low), 0.0), 1.0)


def quantile(values, q):
    """Linear interpolation between order statistics (§4, `linear-interpolated percentiles`)."""
    values = sorted(values)
    place = q * (len(values) - 1)
    i = floor(place)
    return values[i] if i + 1 == len(values) else values[i] + (place - i) * (values[i + 1] - values[i])


def round_rate(x):
    """Rates are rounded to 1e-7; so are other published reals that are no score (Reading)."""
    return None if x is None else round(x, C["round.rate"])


def round_score(x):
    """Scores are rounded to 1e-3."""
    return None if x is None else round(x, C["round.score"])


def evidence(n, k):
    """Confidence of n observations: n/(n + k)."""
    return n / (n + k) if n > 0 else 0.0


def weigh(parts, weights):
    """A weighted score, unrounded: parts {name: (score or None, confidence)}, weights over *all* parts.

    Score Σwcs/Σwc over present parts, confidence Σwc/Σw over all, null below 0.10; final weights sum to 1 and
    contributions to the score.
    """
    present = {name: parts[name] for name in weights if parts.get(name) and parts[name][0] is not None}
    mass = {name: weights[name] * confidence for name, (_, confidence) in present.items()}
    total = sum(mass.values())
    confidence = total / sum(weights.values())
    result = {"score": None, "confidence": confidence, "weights": {}, "contributions": {}}
    if total <= 0 or round_rate(confidence) < C["score.confidence_least"]:
        return result
    result["weights"] = {name: m / total for name, m in mass.items()}
    result["contributions"] = {name: result["weights"][name] * present[name][0] for name in present}
    result["score"] = sum(result["contributions"].values())
    return result
