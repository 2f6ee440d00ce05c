"""§10, affinity: the brand's vector from examples and from words, V·B against all creators; or by the lexicon."""
from collections import Counter
from math import erfc, sqrt

from gates import given, names_of
from methodology import C
from models import unit
from text import handle
from vectors import Vectors, content_of, creator_vector, dot, hash_of, mean, plus, weighted_sum


def cold(total, mu):
    """unit(Σ w·e) − μ of a sum of token vectors."""
    return plus(unit(total), mu, -1.0)


def cold_masses(k, text):
    """{token: weight} of `tags` (1 each) and of the lexicon words of `topics` (the topic's weight); added up (Reading)."""
    masses = Counter(hash_of("#" + handle(tag)) for tag in k["tags"])
    for topic, weight in k["topics"].items():
        for name in text.words_of(topic):
            masses[hash_of("#" + name)] += weight
    return masses


def naming_posts(ring, brand):
    """Posts of a ring that name the brand."""
    wanted = handle(brand, dots=True)
    return [p for p in ring if wanted in names_of(p.record)]


def from_examples(model, examples, brand):
    """mean(C + 0.8·A) + 0.5·mean(u of single posts that name the brand); examples: [(ring, y, m)].

    Reading: a post without a known token has no u and leaves the mean; without any, only the first mean is left.
    """
    vectors = [Vectors(model, ring, y, m) for ring, y, m in examples]
    b = mean([creator_vector(v.content, v.audience) for v in vectors])
    single = [content_of(model, Counter({hash_of(name) for name in p.record.tokens}))
              for ring, _, _ in examples for p in naming_posts(ring, brand)]
    known = [u for u, n in single if n]
    return plus(b, mean(known), C["vector.brand_posts_weight"]) if known else b


def brand_vector(model, campaign, text, examples=()):
    """B: from examples, from words, or their sum, not renormalised; None without either."""
    k = given(campaign)
    parts = [from_examples(model, examples, k["brand"])] if examples else []
    total = weighted_sum(model, cold_masses(k, text))
    if total is not None:
        parts.append(cold(total, model.mu))
    return [sum(column) for column in zip(*parts)] if parts else None


def affinity(v, b, mean_v, cov_v):
    """a = V·B, z = (a − mean_V·B)/√(Bᵀ·Cov_V·B), score 100·Φ(z); null when the variance is 0."""
    a, variance = dot(v, b), dot(b, [dot(row, b) for row in cov_v])
    if variance <= 0:
        return {"a": a, "z": None, "score": None}
    z = (a - dot(mean_v, b)) / sqrt(variance)
    return {"a": a, "z": z, "score": 50 * erfc(-z / sqrt(2))}


def lexicon_affinity(histogram, topics):
    """100·cosine of the histogram and the campaign's topics; 0 without campaign topics.

    Reading: a topic that is no niche is a direction the histogram lacks.
    """
    size = sqrt(sum(w * w for w in topics.values()) * sum(p * p for p in histogram.values()))
    return 100 * sum(histogram.get(name, 0) * w for name, w in topics.items()) / size if size else 0.0


def near_duplicates(whole, examples):
    """Ids of the examples {id: V} whose cosine with V is over .95."""
    return sorted(name for name, other in examples.items() if dot(unit(whole), unit(other)) > C["fit.near_duplicate"])
