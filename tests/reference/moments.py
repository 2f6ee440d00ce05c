"""Which log prefix a fit is of: it names its creator's version, the sum of that creator's own offsets, and no lane's.

Where a published score has that version its `source` is the prefix; else the creator's own records in the order of their
timestamps, as a lane reads them; else (read in another order) every prefix of them with that sum is tried.
"""
import heapq
from collections import Counter

from lanes import Chain
from records import TOPICS


class Prefixes:
    """Of one creator in its lane; scores: {version: source vector}."""

    def __init__(self, lane, creator_id, scores):
        self.scores = scores
        self.ends = [[0] + [lane.records[t][i].offset + 1 for i in places]
                     for t, places in enumerate(lane.creators.get(creator_id, ([], [], [])))]
        streams = [[(lane.records[t][i].timestamp, t, i) for i in places]
                   for t, places in enumerate(lane.creators.get(creator_id, ([], [], [])))]
        vector, self.walked = [0, 0, 0], {0: (0, 0, 0)}
        for _, t, i in heapq.merge(*streams, key=lambda entry: entry[:2]):
            vector[t] = lane.records[t][i].offset + 1
            self.walked[sum(vector)] = tuple(vector)

    def of(self, version):
        """([vectors], how they were found)."""
        if version in self.scores:
            return [self.scores[version]], "by a score"
        if version in self.walked:
            return [self.walked[version]], "by timestamps"
        last = set(self.ends[2])
        return [(p, q, version - p - q) for p in self.ends[0] for q in self.ends[1] if version - p - q in last], "by their sum"


class Moments:
    """States of one creator at prefixes, each made once as they grow."""

    def __init__(self, lane, creator_id, setup):
        self.lane, self.creator_id, self.setup, self.chains = lane, creator_id, setup, []

    def at(self, vector):
        """The creator there."""
        chain = next((c for c in self.chains if c.can_reach(vector)), None)
        if chain is None:
            chain = Chain(self.lane, self.creator_id, self.setup)
            self.chains.append(chain)
        chain.advance(vector)
        return chain.creator


def versions_of(scores):
    """{creator: {version: source vector}} of published scores, and {creator: (version, as_of) of its newest}."""
    found, newest = {}, {}
    for record in scores:
        value = record["value"]
        if value is not None:
            version, name = value["version"]["offsets"], value["creator_id"]
            found.setdefault(name, {})[version] = tuple(value["source"][topic] for topic in TOPICS)
            newest[name] = max(newest.get(name, (0, 0)), (version, value["as_of"]))
    return found, newest


def digests_of(campaigns, *told):
    """{(campaign, digest): record}: digests in the order they came stand for the records in theirs.

    What a digest is made of no page says: the last one told is of the newest record that was there by then, the one before
    of an older one, and so on. told: (campaign, digest, timestamp).
    """
    first, records, found = {}, {}, {}
    for name, digest, timestamp in sorted(set(told), key=lambda row: row[2]):
        first.setdefault(name, {}).setdefault(digest, timestamp)
    for record in campaigns:
        rows = records.setdefault(record["key"], [])
        if record["value"] is not None and (not rows or rows[-1][1] != record["value"]):
            rows.append((record["timestamp"], record["value"]))
    for name, digests in first.items():
        rows = list(records.get(name, ()))
        for digest, timestamp in reversed(digests.items()):
            while len(rows) > 1 and rows[-1][0] > timestamp:
                rows.pop()
            if rows:
                found[name, digest] = rows.pop()[1]
    return found


def arrivals(campaigns):
    """§10: {words of `excluded`: timestamp of the first record that has them}, of words that could stand in a text."""
    found = {}
    for record in campaigns:
        for entry in (record["value"] or {}).get("excluded", ()):
            if entry.strip()[:1] not in ("#", "@"):
                found.setdefault(entry, record["timestamp"])
    return found


def count_of(names):
    """`n a, m b` of counted names."""
    return ", ".join(f"{n} {name}" for name, n in sorted(Counter(names).items()))
