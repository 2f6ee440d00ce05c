"""Checks every published creator score (and raw state) against reference.py; NDJSON files, one record a line.

    python3 published.py [--fields] [--states FILE] SCORES INPUT...
    python3 published.py --self-test

INPUT: {"topic", "partition", "offset", "timestamp", "key", "value"}; SCORES: the same without topic, value
as creator-score.avsc; FILE: raw state of each creator after all inputs, as `Creator.state`. Each score is
recomputed from the log prefix named by its `source`. epoch, methodology and reason are left out.
Tier names of the further schemes are data that scoring.md (§1) does not give: a name unknown here is accepted
if it always stands for the same step. Last line: `N records, N compared, N non-trivial, N differences`.
"""
import argparse
import copy
import heapq
import io
import json
import sys
from array import array
from bisect import bisect_left

from examples import tiny_stream
from reference import (COUNTERS, DAY, HOUR, KINDS, SCHEMES, TIME_FIELD, TOPICS, WINDOWS, Creator, classify,
                       compact)

EVERYTHING = (1 << 62,) * 3
SIMPLE = ("creator_id", "as_of", "platform", "followers", "posts_90d", "sponsored_90d", "engagement_rate",
          "engagement_rate_posts", "engagement_rate_lc", "engagement_rate_views",
          "engagement_rate_views_posts", "mature_organic_posts", "velocity", "followers_late")
COUNT_FIELDS = tuple(name for name, _ in WINDOWS) + ("totals",)
NESTED = [("version", ("offsets",)), ("estimate", ("rate", "low", "high", "confidence"))]
NESTED += [(name, COUNTERS + ("engagements",)) for name in COUNT_FIELDS]
FIELDS = SIMPLE + tuple(f"{outer}.{inner}" for outer, names in NESTED for inner in names)
POST_FIELDS = COUNTERS + ("posted_at", "followers", "followers_late", "format", "sponsored", "deleted")
PROFILE_FIELDS = ("observed_at", "offset", "followers", "following", "posts")


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

    def __init__(self, lane, creator_id):
        self.lane, self.creator, self.vector, self.done = lane, Creator(creator_id), (0, 0, 0), [0, 0, 0]
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


class Report:
    """Counts and prints differences."""

    def __init__(self, quiet=False):
        self.records, self.fields, self.shown, self.quiet = 0, {}, 0, quiet
        self.names = {}                          # tier names of further schemes, both ways

    def compare(self, field, wanted, found, where):
        """One value; `where` = (creator, offset)."""
        counts = self.fields.get(field) or self.fields.setdefault(field, [0, 0, 0])
        counts[0] += 1
        if wanted:
            counts[1] += 1
        if wanted == found or close(wanted, found):
            return
        counts[2] += 1
        self.shown += 1
        if self.shown <= 20 and not self.quiet:
            print(f"creator {where[0]}, {field}: wanted {wanted!r}, found {found!r}, offset {where[1]}")

    def compare_name(self, field, scheme, wanted, found, where):
        """A tier name: case does not matter; an unknown name of a further scheme must keep its meaning."""
        mine, theirs = wanted.lower(), str(found).lower()
        same = mine == theirs
        if scheme != "default":
            known = theirs in [name.lower() for name in SCHEMES[scheme].names]
            mapped = self.names.setdefault((scheme, mine), theirs) == theirs
            mapped = self.names.setdefault((scheme, "found", theirs), mine) == mine and mapped
            same = mapped and (same or not known)
        self.compare(field, wanted, wanted if same else found, where)

    def sums(self):
        """Compared, non-trivial, different over all fields."""
        return [sum(column) for column in zip(*self.fields.values())] or [0, 0, 0]


def close(wanted, found):
    """§0: 1e-6 relative or 1e-7 absolute, whichever is more; other types and counts exactly."""
    if not isinstance(wanted, float) or not isinstance(found, (int, float)):
        return False
    return abs(wanted - found) <= max(1e-6 * abs(wanted), 1.000001e-7)


def flat(record):
    """The values of a score record in the order of FIELDS."""
    values = [record.get(name) for name in SIMPLE]
    for outer, names in NESTED:
        inner = record.get(outer) or {}
        values += [inner.get(name) for name in names]
    return values


def compare_score(report, wanted, found, where):
    """All fields of one score record."""
    report.records += 1
    for field, mine, theirs in zip(FIELDS, flat(wanted), flat(found)):
        report.compare(field, mine, theirs, where)
    mine = {tier["scheme"]: tier for tier in wanted["tiers"]}
    theirs = found.get("tiers") or []
    first = theirs[0].get("scheme") if theirs else None
    report.compare("tiers.first", "default" if mine else None, first, where)
    for tier in theirs if mine else ():
        scheme = tier.get("scheme")
        if scheme not in mine:
            report.compare("tiers.scheme", "a scheme of scoring.md", scheme, where)
            continue
        field = f"tiers.{scheme}."
        report.compare_name(field + "tier", scheme, mine[scheme]["tier"], tier.get("tier"), where)
        report.compare_name(field + "band", scheme, mine[scheme]["band"], tier.get("band"), where)
        report.compare(field + "since", mine[scheme]["since"], tier.get("since"), where)


def load_inputs(streams):
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
            record = compact(r["topic"], r["offset"], r["timestamp"], value, status)
            lane.pairs[TOPICS.index(r["topic"])].append((record, value["creator_id"]))
    for lane in lanes.values():
        lane.finish()
    return lanes


def load_scores(stream):
    """(partition, creator) -> [(source vector, place in the file)]; tombstones left out."""
    index, place = {}, 0
    for line in stream:
        r = json.loads(line)
        if r["value"] is not None:
            source = r["value"]["source"]
            vector = tuple(source[topic] for topic in TOPICS)
            key = source["partition"], r.get("key") or r["value"]["creator_id"]
            index.setdefault(key, []).append((vector, place))
        place += len(line)
    return index


def check_scores(report, stream, lanes):
    """Every score record of a binary stream; a prefix that does not follow the others starts anew."""
    for (partition, creator_id), scores in load_scores(stream).items():
        lane, chains = lanes.get(partition) or Lane(), []
        for vector, place in sorted(scores):
            stream.seek(place)
            r = json.loads(stream.readline())
            chain = next((c for c in chains if c.can_reach(vector)), None)
            if chain is None:
                chain = Chain(lane, creator_id)
                chains.append(chain)
            as_of, found = chain.advance(vector), r["value"]
            if found.get("as_of_source", "EVENT") == "IDLE":     # §0.1: advanced by the clock
                as_of = max(as_of, found["as_of"])
            compare_score(report, chain.creator.values(as_of), found, (creator_id, r.get("offset")))


def compare_buckets(report, field, rings, length, where):
    """Counts of a ring; what is zero may be left out; `at` may be a time or the number of the bucket."""
    mine, theirs = [{b["at"] if b["at"] > 10 ** 8 else b["at"] * length: b for b in ring} for ring in rings]
    for at in sorted(set(mine) | set(theirs)):
        ours, found = mine.get(at, {}), theirs.get(at, {})
        for name in KINDS + ("posts", "sponsored"):
            if ours.get(name) or found.get(name):
                report.compare(f"{field}.{name}", ours.get(name, 0), found.get(name, 0), where)


def compare_rows(report, field, mine, theirs, names, where):
    """Rows with a key (post, profile day): the keys in order, then each field of the common ones."""
    report.compare(field + ".order", list(mine), list(theirs), where)
    for key in mine:
        for name in names if key in theirs else ():
            report.compare(f"{field}.{name}", mine[key][name], theirs[key].get(name), where)


def compare_state(report, wanted, found):
    """Raw state of one creator, placeholders left out."""
    where = wanted["creator"], "end"
    for kind in KINDS:
        report.compare("state.totals." + kind, wanted["totals"][kind], found["totals"].get(kind, 0), where)
    for name, length in (("hours", HOUR), ("days", DAY)):
        compare_buckets(report, "state." + name, (wanted[name], found[name]), length, where)
    posts = [{p["post_id"]: p for p in state["posts"] if p.get("posted_at") is not None}
             for state in (wanted, found)]
    compare_rows(report, "state.posts", *posts, POST_FIELDS, where)
    days = [{d["observed_at"] // DAY: d for d in state["profile_days"]} for state in (wanted, found)]
    compare_rows(report, "state.profile_days", *days, PROFILE_FIELDS, where)


def check_states(report, stream, lanes):
    """Every creator's state after all inputs."""
    home = {creator: lane for lane in lanes.values() for creator in lane.creators}
    missing = set(home)
    for line in stream:
        found = json.loads(line)
        chain = Chain(home.get(found["creator"]) or Lane(), found["creator"])
        chain.advance(EVERYTHING)
        missing.discard(found["creator"])
        compare_state(report, chain.creator.state(), found)
    for creator in sorted(missing):
        report.compare("state.creator", creator, None, (creator, "end"))


def tiny_scores(stream):
    """A score record after each input, by a creator made anew for each prefix."""
    scores, as_of = [], 0
    for n, last in enumerate(stream, 1):
        if classify(last["topic"], last["timestamp"], last["value"], last["key"]) in ("applied", "late"):
            as_of = max(as_of, last["value"][TIME_FIELD[last["topic"]]])
        creator = Creator(last["key"])
        source = {"partition": 0, **{topic: sum(r["topic"] == topic for r in stream[:n]) for topic in TOPICS}}
        for r in stream[:n]:
            if r["key"] == last["key"]:
                creator.apply(r["topic"], r["offset"], r["timestamp"], r["value"])
        for idle in (0, HOUR) if n % 5 == 0 else (0,):
            kind = {"as_of_source": "IDLE" if idle else "EVENT", "source": source}
            scores.append({"offset": len(scores), "key": last["key"],
                           "value": {**creator.values(as_of + idle), **kind}})
    return scores


def to_lines(rows):
    """NDJSON in memory."""
    return io.BytesIO("".join(json.dumps(row) + "\n" for row in rows).encode())


def differences(inputs, scores, states=()):
    """How many differences a check in memory finds, and how many non-trivial values it compared."""
    report, lanes = Report(quiet=True), load_inputs([to_lines(inputs)])
    check_scores(report, to_lines(scores), lanes)
    if states:
        check_states(report, to_lines(states), lanes)
    return report.sums()[2], report.sums()[1]


def altered(node, path=()):
    """(path, altered copy) for every single value of a nested record; what is not compared is left out."""
    for name in range(len(node)) if isinstance(node, list) else list(node):
        value, copied = node[name], copy.copy(node)
        if name in ("source", "as_of_source", "day"):
            continue
        if isinstance(value, (dict, list)) and value:
            for inner, other in altered(value, path + (name,)):
                copied = copy.copy(node)
                copied[name] = other
                yield inner, copied
            continue
        if isinstance(value, bool):
            copied[name] = not value
        elif isinstance(value, (int, float)):
            copied[name] = value + max(1, abs(value) // 1000)
        else:
            row = {"at": 0, "LIKE": 1, "post_id": "x", "posted_at": 1, "observed_at": 1}
            copied[name] = [row] if isinstance(value, list) else (value or "") + "x"
        yield path + (name,), copied


def self_test():
    """0 differences on the tiny stream, then one for every altered value."""
    inputs = tiny_stream()
    scores = tiny_scores(inputs)
    final = [Chain(load_inputs([to_lines(inputs)])[0], creator) for creator in ("c1", "c2")]
    states = [chain.advance(EVERYTHING) and chain.creator.state() for chain in final]
    different, filled = differences(inputs, scores, states)
    shuffled = differences(list(reversed(inputs)), list(reversed(scores)), states)[0]
    results = [("unaltered", different == 0 and filled > 1000), ("reversed files", shuffled == 0),
               ("a missing state", differences(inputs, [], states[:1])[0] > 0)]
    for i in (len(scores) // 4, len(scores) // 2, len(scores) - 3, len(scores) - 1):
        for path, value in altered(scores[i]["value"]):
            rows = scores[:i] + [{**scores[i], "value": value}] + scores[i + 1:]
            results.append((f"score {i} {path}", differences(inputs, rows)[0] > 0))
    for i, state in enumerate(states):
        for path, other in altered(state):
            rows = states[:i] + [other] + states[i + 1:]
            results.append((f"state {i} {path}", differences(inputs, [], rows)[0] > 0))
    for name, found in results:
        if not found:
            print("not found:", name)
    passed = sum(found for _, found in results)
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if passed == len(results) else 1


def print_result(report, with_fields):
    """The table of fields, and the last line."""
    for field, counts in sorted(report.fields.items()) if with_fields else ():
        print(f"{field:40} {counts[0]:10} compared {counts[1]:10} non-trivial {counts[2]:8} different")
    compared, filled, different = report.sums()
    print(f"{report.records} records, {compared} compared, {filled} non-trivial, {different} differences")
    return 1 if different or not compared else 0


def main():
    """Arguments; exit 1 on differences or when nothing was compared."""
    parser = argparse.ArgumentParser(description="check published creator scores against the reference")
    parser.add_argument("--fields", action="store_true", help="print counts per field")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--states", help="NDJSON of the raw state of each creator after all inputs")
    parser.add_argument("files", nargs="*", metavar="FILE", help="SCORES INPUT...")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    if len(arguments.files) < 2:
        parser.error("SCORES and at least one INPUT are needed")
    lanes = load_inputs(open(name, "rb") for name in arguments.files[1:])
    report = Report()
    with open(arguments.files[0], "rb") as stream:
        check_scores(report, stream, lanes)
    if arguments.states:
        with open(arguments.states, "rb") as stream:
            check_states(report, stream, lanes)
    return print_result(report, arguments.fields)


if __name__ == "__main__":
    sys.exit(main())
