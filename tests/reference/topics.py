"""§7, topics: the lexicon's histogram over the ring, niche and niche focus, of that or of a model's posterior."""
from collections import Counter
from math import log

from common import evidence, round_rate
from methodology import C


def tokens(ring):
    """Distinct tokens (tags and mentions, ≤ 30 a post) of the ring's posts."""
    return {token for p in ring for token in p.record.tokens}


def histogram(ring, niches):
    """Matches per niche + 0.5, normalised; in a post each entry of the lexicon counts once (data/README.md)."""
    hits = Counter()
    for p in ring:
        hits.update(p.record.niches)
    return normalised(hits, niches)


def normalised(hits, niches):
    """Matches per niche + 0.5, normalised."""
    counts = {niche: hits.get(niche, 0) + C["niche.prior"] for niche in niches}
    total = sum(counts.values())
    return {niche: n / total for niche, n in counts.items()}


def focus(p, n_tokens):
    """Niche focus = 100·(1 − H(p)/ln K); confidence n/(n + 2); null without tokens."""
    if not n_tokens or not p:
        return {"score": None, "confidence": 0.0}
    entropy = -sum(x * log(x) for x in p if x > 0)
    return {"score": 100 * (1 - entropy / log(len(p))), "confidence": evidence(n_tokens, C["niche.focus_k"])}


def topics(state, posterior=None, known=None):
    """Posterior, asserted niche (≥ .60) and focus; a posterior of the model may be given, and how many tokens it knows.

    Reading: n of the focus is that of the posterior, the tokens known to the model where there is one.
    """
    ring = state.ring()
    source = "LEXICON" if posterior is None else "MODEL"
    posterior = histogram(ring, state.setup.text.niches) if posterior is None else posterior
    n = len(tokens(ring)) if known is None else known
    best = max(posterior, key=posterior.get, default=None)
    asserted = best is not None and round_rate(posterior[best]) >= C["niche.assert"]
    return {"source": source, "posterior": posterior, "tokens": n, "niche": best if asserted else None,
            "focus": focus(list(posterior.values()), n)}
