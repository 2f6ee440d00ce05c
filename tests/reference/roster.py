"""§11, roster: plain greedy over candidates under budget and slots, its reach, and the overlap of two audiences.

An audience is a set of actors or a sketch of one (actors.Registers). A candidate is {creator_id, fit, price, actors,
estimate, followers}; price in minor units of the campaign's currency, None or left out where there is none.
"""
from functools import reduce
from math import sqrt

from actors import Registers
from methodology import C


def size(audience):
    """Actors in it."""
    return audience.estimate() if isinstance(audience, Registers) else len(audience)


def both(a, b):
    """The union."""
    return a.union(b) if isinstance(a, Registers) else a | b


def price_in(price, campaign):
    """A creator's price in the campaign's currency, that of its budget; others are treated as absent. Reading: so is 0."""
    budget = campaign.get("budget")
    same = price and budget and price["currency"] == budget["currency"]
    return price["minor_units"] if same and price["minor_units"] > 0 else None


def priced(candidates):
    """If any candidate lacks a price, all are per slot."""
    return all(c.get("price") is not None for c in candidates)


def gain(candidate, reached, per_price):
    """((fit/100)·newly reached/price, newly reached)."""
    audience = candidate["actors"]
    new = size(audience) if reached is None else size(both(reached, audience)) - size(reached)
    return candidate["fit"] / 100 * new / (candidate["price"] if per_price else 1), new


def greedy(candidates, budget=None, slots=None):
    """[(candidate, newly reached)] in the order of choice. Reading: where prices do not count, nor does the budget.

    Ties go to the smaller creator_id; who costs more than is left is passed over; it stops at gain 0.
    """
    per_price, chosen, reached = priced(candidates), [], None
    left, rest = budget if per_price else None, sorted(candidates, key=lambda c: c["creator_id"])
    while rest and (slots is None or len(chosen) < slots):
        rest = [c for c in rest if left is None or c["price"] <= left]
        gains = [gain(c, reached, per_price) for c in rest]
        i = max(range(len(rest)), key=lambda j: gains[j][0], default=None)       # the first of equal ones
        if i is None or gains[i][0] <= 0:
            break
        best = rest.pop(i)
        reached = best["actors"] if reached is None else both(reached, best["actors"])
        left = None if left is None else left - best["price"]
        chosen.append((best, gains[i][1]))
    return chosen


def union(audiences):
    """Actors in any of them."""
    audiences = list(audiences)
    return size(reduce(both, audiences)) if audiences else 0


def exclusive(members):
    """{creator: union − union without the creator}."""
    every = union(c["actors"] for c in members)
    return {c["creator_id"]: every - union(o["actors"] for o in members if o is not c) for c in members}


def roster(candidates, budget=None, slots=None):
    """The roster and its figures, unrounded. Reading: an unknown price or estimate adds nothing to the sums."""
    chosen = greedy(candidates, budget, slots)
    members = [c for c, _ in chosen]
    total, once = sum(size(c["actors"]) for c in members), union(c["actors"] for c in members)
    return {"chosen": [c["creator_id"] for c in members], "total_reach": total, "unduplicated_reach": once,
            "marginal": [new for _, new in chosen], "exclusive": exclusive(members),
            "expected_frequency": total / once if once else None,
            "expected_engagements": sum((c.get("estimate") or 0) * (c.get("followers") or 0) for c in members),
            "cost": sum(c.get("price") or 0 for c in members)}


def error_of(sizes):
    """Standard error of a sum of sketches' estimates, 2.3 % each."""
    return C["roster.error"] * sqrt(sum(n * n for n in sizes))


def overlap(a, b):
    """|A∩B|/min(|A|, |B|) by inclusion–exclusion; null of nobody, and when below its own error.

    Reading: of sketches, |A∩B| below the error of its three estimates taken together; sets have none.
    """
    sizes = size(a), size(b), size(both(a, b))
    shared = sizes[0] + sizes[1] - sizes[2]
    error = error_of(sizes) if isinstance(a, Registers) else 0
    return shared / min(sizes[:2]) if min(sizes[:2]) and shared >= error else None
