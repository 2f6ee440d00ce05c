"""The log of a lane, and creators advanced along prefixes of it."""
import heapq
import json
from array import array
from bisect import bisect_left

from records import TOPICS, classify
from reference import Creator


class Lane:
    """The records of one partition that count, per topic in offset order."""

    def __init__(self):
        self.pairs = ([], [], [])                # (record, creator) while loading
        self.records, self.offsets = ([], [], []), [array("q") for _ in TOPICS]
        self.highest = [array("q") for _ in TOPICS]      # largest event time up to each record of the topic
        self.moments = [array("q") for _ in TOPICS]      # as_of of the lane at each record, by timestamp
        self.creators = {}                       # creator -> three lists of places in self.records

    def finish(self):
        """Sorts by offset, drops repeated offsets, fills the columns."""
        for t, pairs in enumerate(self.pairs):
            pairs.sort(key=lambda pair: pair[0].offset)
            highest, last = 0, -1
            for record, creator in pairs:
                if record.offset == last:
                    continue
                last, highest = record.offset, max(highest, record.time)
                self.creators.setdefault(creator, ([], [], []))[t].append(len(self.records[t]))
                self.records[t].append(record)
                self.offsets[t].append(record.offset)
                self.highest[t].append(highest)
        self.pairs = None
        as_of = 0
        streams = [[(record.timestamp, t, record.time) for record in self.records[t]] for t in range(3)]
        for _, t, time in heapq.merge(*streams, key=lambda entry: entry[:2]):
            as_of = max(as_of, time)
            self.moments[t].append(as_of)

    def as_of(self, vector):
        """§0.1: the largest event time of a log prefix, all creators."""
        ends = [bisect_left(self.offsets[t], vector[t]) for t in range(3)]
        return max(self.highest[t][end - 1] if end else 0 for t, end in enumerate(ends))


class Chain:
    """A creator advanced along growing log prefixes; its three topics are read side by side by timestamp."""

    def __init__(self, lane, creator_id, setup=None):
        self.lane, self.creator = lane, Creator(creator_id, setup)
        self.vector, self.done = (0, 0, 0), [0, 0, 0]
        self.places = lane.creators.get(creator_id, ([], [], []))

    def can_reach(self, vector):
        """False when a position would have to go back."""
        return all(old <= new for old, new in zip(self.vector, vector))

    def advance(self, vector):
        """Applies the creator's records below the offsets; returns the as_of of the lane there."""
        as_of, lane, streams = self.lane.as_of(vector), self.lane, []
        for t, places in enumerate(self.places):
            end = bisect_left(places, bisect_left(lane.offsets[t], vector[t]), self.done[t])
            streams.append([(lane.records[t][i].timestamp, t, i) for i in places[self.done[t]:end]])
            self.done[t] = end
        for _, t, i in heapq.merge(*streams, key=lambda entry: entry[:2]):
            self.creator.take(TOPICS[t], lane.records[t][i], min(lane.moments[t][i], as_of))
        self.creator.as_of = max(self.creator.as_of, as_of)      # placeholders age by it
        self.vector = vector
        return as_of


def load_inputs(streams, setup):
    """All lanes: partition -> Lane."""
    lanes, strings = {}, {}
    for stream in streams:
        for line in stream:
            r = json.loads(line)
            value = r["value"]
            status = classify(r["topic"], r["timestamp"], value, r.get("key"))
            if status not in ("applied", "late"):
                continue
            for name in ("creator_id", "post_id"):
                if value.get(name) is not None:
                    value[name] = strings.setdefault(value[name], value[name])
            lane = lanes.setdefault(r["partition"], Lane())
            record = setup.compact(r["topic"], r["offset"], r["timestamp"], value, status)
            lane.pairs[TOPICS.index(r["topic"])].append((record, value["creator_id"]))
    for lane in lanes.values():
        lane.finish()
    return lanes
