"""§7, vectors: content u and C, audience A, V = C + 0.8·A, packed as int8; the niche posterior by a model.

Tokens are known by the lower 32 bits of their hash, as the state of §0.1 keeps them.
"""
from collections import Counter
from functools import lru_cache
from math import exp, floor, log

from common import evidence
from methodology import C
from models import unit
from xxh3 import token

LARGEST = 127                                    # of an int8

hash_of = lru_cache(maxsize=1 << 20)(token)


def dot(a, b):
    """Sum of products."""
    return sum(x * y for x, y in zip(a, b))


def plus(a, b, factor=1.0):
    """a + factor·b."""
    return [x + factor * y for x, y in zip(a, b)]


def times(a, factor):
    """factor·a."""
    return [factor * x for x in a]


def mean(vectors):
    """Of one vector or more."""
    return [sum(column) / len(vectors) for column in zip(*vectors)]


def posts_with(ring):
    """c_t, posts with token t, of a ring."""
    return Counter(h for p in ring for h in {hash_of(name) for name in p.record.tokens})


def weighted_sum(model, masses):
    """Σ mass·w_t·e_t over the tokens known; None where it has no direction."""
    known = {t: mass for t, mass in masses.items() if t in model.tokens}
    x = [0.0] * len(model.mu)
    for t in sorted(known):
        x = plus(x, model.tokens[t][1], known[t] * model.weight(t))
    return x if any(x) else None


def content_of(model, counts):
    """(u, n): u = x/|x| − μ with x = Σ ln(1 + c_t)·w_t·e_t, n distinct tokens known; u = 0 without a direction (Reading)."""
    n = sum(t in model.tokens for t in counts)
    x = weighted_sum(model, {t: log(1 + c) for t, c in counts.items()})
    return ([0.0] * len(model.mu) if x is None else plus(unit(x), model.mu, -1.0)), n


def content(u, n):
    """C = u·n/(n + 3)."""
    return times(u, evidence(n, C["vector.content_k"]))


def audience(y, m, nu):
    """A = (Y/|Y| − ν)·m/(m + 5); 0 when m = 0. Reading: and when Y is 0, since it points nowhere."""
    if not m or not any(y):
        return [0.0] * len(nu)
    return times(plus(unit(y), nu, -1.0), evidence(m, C["vector.audience_k"]))


def creator_vector(c, a):
    """V = C + 0.8·A."""
    return plus(c, a, C["vector.audience_weight"])


def pack(v):
    """(scale, whole numbers of −127 to 127). Reading: scale = largest size/127, halves away from 0."""
    scale = max(map(abs, v)) / LARGEST
    return scale, [0 if not scale else int(floor(abs(x) / scale + 0.5)) * (1 if x > 0 else -1) for x in v]


def unpack(scale, numbers):
    """What a reader makes of it."""
    return times(numbers, scale)


def softmax(z):
    """Sums to 1."""
    top = max(z)
    powers = [exp(x - top) for x in z]
    return [p / sum(powers) for p in powers]


def niche_posterior(niches, u, n, a):
    """softmax(W·[u·n/(n + 2); A] + b) by the names of the niches."""
    x = times(u, evidence(n, C["niche.content_k"])) + list(a)
    return dict(zip(niches.names, softmax([b + dot(w, x) for w, b in zip(niches.weights, niches.biases)])))


class Vectors:
    """A creator's vectors as of its ring, with Y and m of its audience."""

    def __init__(self, model, ring, y=None, m=0):
        self.u, self.n = content_of(model, posts_with(ring))
        self.m = m
        self.content = content(self.u, self.n)
        self.audience = audience(y or [0.0] * len(model.nu), m, model.nu)
        self.whole = creator_vector(self.content, self.audience)
