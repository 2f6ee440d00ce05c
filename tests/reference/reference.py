"""Independent reference of scoring.md, standard library only.

A `Creator` takes records (`apply`) and gives the published fields as of an event time (`values`) and the raw state
(`state`). It follows the page, not the engine; where the page leaves a choice, see `Reading:` and docs/decisions.

methodology  every constant            records   which records count          state      §0.1
common       §0, weighted scores       actors    §0.1, distinct actors        tier       §1
engagement   §2                        peers     §3                           growth     §4 growth, §5
authenticity §4                        community §6                           topics     §7, lexicon
text         §8, words of a post       commercial §8                          score      §9, all values
record       values as the schema shapes them       models     §7, model files
vectors      §7, u C A V, posterior    audience  §7, chain of edges           xxh3       §7, hash of a token
gates        §10, gates                affinity  §10, brand's vector          fit        §10, factors, waterfall
best         §10, what is published    roster    §11                          alerts     §12

examples.py runs the worked examples (calls.py), properties.py what the page promises and edges.py by hand (*_checks.py: §7,
§10–§12), published.py compares published records (compare.py: the table of fields; lanes.py: log prefixes; selftest.py;
planted.py: each planted error is found by the checks of §7 and §10–§12), published_fits.py published fits and shortlists
(fit_record.py, shortlists.py: their fields; moments.py: prefixes; selftest_fits.py). The lists and tables of data/ are used where
they are; MICROFLUX_DATA names another folder.
"""
from common import round_rate
from engagement import WINDOWS, estimate
from records import COUNTERS, DAY, HOUR, KINDS, TIME_FIELD, TOPICS, Setup, classify
from score import evaluate
from state import State
from tier import SCHEMES, fold, tiers
from vectors import Vectors, niche_posterior

__all__ = ["COUNTERS", "DAY", "HOUR", "KINDS", "SCHEMES", "TIME_FIELD", "TOPICS", "WINDOWS", "Creator", "Setup",
           "classify", "estimate", "fold", "round_rate", "tiers"]


class Creator(State):
    """State and values of one creator."""

    def values(self, as_of=None, posterior=None, known=None):
        """Every published value as of an event time; `posterior` of a niche model and the tokens it knows, where there is one."""
        return evaluate(self, self.as_of if as_of is None else as_of, posterior, known)

    def modelled(self, as_of, model, niches, heard=(None, 0)):
        """(values, vectors) with model files; heard: Y and m of its audience."""
        vectors = Vectors(model, self.ring(), *heard)
        posterior = niche_posterior(niches, vectors.u, vectors.n, vectors.audience)
        return self.values(as_of, posterior, vectors.n), vectors
