"""§7, the audience chain: edges of comments, the ring of 2 creators an actor met, and Y, m of each creator.

An edge is {actor, creator, u (packed), occurred_at, digest of the embedding}; an update {creator it goes to, creator met,
u of that one, digest}. The chain depends on the order of the edges, as §0.1 says.
"""
from typing import NamedTuple

from methodology import C
from records import COMMENT, DAY
from vectors import pack, plus, unpack


class Edge(NamedTuple):
    """One comment of an actor on another one's post; u as (scale, int8)."""
    actor: int
    creator: str
    u: tuple
    occurred_at: int
    digest: str = ""


class Update(NamedTuple):
    """What `to` learns: its commenter has also met `met`, whose content is u."""
    to: str
    met: str
    u: tuple
    digest: str = ""


def edge(creator_id, record, u, digest=""):
    """The edge of a record that counts (§0.1), None of most. Reading: a comment taken back or late makes none."""
    if record.kind != COMMENT or record.own or record.late or record.actor is None:
        return None
    return Edge(record.actor, creator_id, pack(u), record.time, digest)


class AudienceLane:
    """Per actor the last 2 creators met, the latest last."""

    def __init__(self):
        self.rings = {}

    def meet(self, e):
        """Updates of one edge, to both sides of each pair.

        Readings: the last 2 are the newest by event time, whatever came first; a creator met again says nothing, and of its
        edges the newest counts; two comments more than 90 d of event time apart do not meet, and what is older than that
        leaves; one whose u is of another embedding tells nobody.
        """
        days = C["audience.ring_days"] * DAY
        ring = [old for old in self.rings.get(e.actor, ()) if old.occurred_at >= e.occurred_at - days]
        again = [old for old in ring if old.creator == e.creator]
        others = [old for old in ring if old.creator != e.creator]
        newest = max(again + [e], key=lambda one: (one.occurred_at, one is e))
        self.rings[e.actor] = sorted(others + [newest], key=lambda one: (one.occurred_at, one is newest))[-C["audience.ring"]:]
        if again:
            return []
        pairs = [(old, e) for old in others if old.digest == e.digest and old.occurred_at <= e.occurred_at + days]
        return [Update(to.creator, met.creator, met.u, met.digest) for old, new in pairs for to, met in ((new, old), (old, new))]


class Heard:
    """Y, m and the digest of the embedding they were built with; a new embedding restarts them."""

    def __init__(self):
        self.y, self.m, self.digest = None, 0, None

    def add(self, update):
        """Y += u′, m += 1. Reading: u′ is the packed u with its scale."""
        u = unpack(*update.u)
        if self.digest != update.digest or self.y is None:
            self.y, self.m, self.digest = [0.0] * len(u), 0, update.digest
        self.y, self.m = plus(self.y, u), self.m + 1


def hear(updates, heard=None):
    """{creator: Heard} of a sequence of updates."""
    heard = {} if heard is None else heard
    for update in updates:
        heard.setdefault(update.to, Heard()).add(update)
    return heard


def spread(edges):
    """(updates in order, {creator: Heard}) of a sequence of edges."""
    lane = AudienceLane()
    updates = [update for e in edges for update in lane.meet(e)]
    return updates, hear(updates)
