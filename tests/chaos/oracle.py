"""oracle: what must be true when a run is over, from the log alone. Counters of every creator equal a recount; every
score equals the reference at the log prefix it names; the record a reader keeps is the score of the final state, for every creator and
for no other; no score was out before its counters were in Redis; fences and Kafka's committed offsets stand at the ends of the logs."""
import io
import json
import re
import time
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict

import stack as _  # noqa: F401  (finds the modules below)
import published
import recount
from traffic import INPUTS, partition_of

EPSILON = 0.2  # seconds between two clocks' readings of one machine
SHOWN = 20


class Verdict:
    """What was found; wrong and duplicates by the fault that went on or had ended last when the score was published."""

    def __init__(self, injections):
        self.began = [i.began for i in injections]
        self.kinds = ["none"] + [i.kind for i in injections]
        self.failures, self.wrong, self.duplicates = [], Counter(), Counter()
        self.summary = ""

    def kind_at(self, seconds):
        return self.kinds[bisect_right(self.began, seconds)]

    def fail(self, text):
        if len(self.failures) < SHOWN:
            self.failures.append(text)


class Scores(published.Report):
    """A report that remembers which records differ."""

    def __init__(self):
        super().__init__(quiet=True)
        self.bad = {}

    def compare(self, field, wanted, found, where):
        before = self.shown
        super().compare(field, wanted, found, where)
        if self.shown > before:
            self.bad.setdefault(where, f"{field}: wanted {wanted!r}, found {found!r}")


def read_topics(stack):
    """The topics as files; inputs with their names in front, as published.py wants them."""
    scores, inputs = stack.output("tail", "--until-end", "--format", "json", "creator-scores"), []
    for topic in INPUTS:
        raw = stack.output("tail", "--until-end", "--format", "json", topic)
        inputs.append(b"".join(b'{"topic":"%s",' % topic.encode() + line[1:] for line in open(raw, "rb")))
    return scores, inputs


def around(creator, inputs_of, applied):
    """Where a creator's records lie, to look at."""
    lane = partition_of(creator)
    parts = []
    for i, topic in enumerate(INPUTS):
        offsets = inputs_of.get(creator, ([], [], []))[i]
        parts.append(f"{topic}/{lane} {len(offsets)} records, offsets {offsets[:1]}…{offsets[-3:]}, "
                     f"applied {applied.get(lane, [(0, 0)] * 3)[i][0]}")
    return "; ".join(parts)


def offsets_of(inputs):
    """creator -> offsets of its records per input."""
    found = defaultdict(lambda: ([], [], []))
    for i, text in enumerate(inputs):
        for line in io.BytesIO(text):
            record = json.loads(line)
            found[record["key"]][i].append(record["offset"])
    return found


def judge_log(verdict, inputs, ends):
    """The log holds what was sent, and its own ends. A record that stands there twice is the producer's doing (a broker died behind its
    back) and is two records to whoever counts; the recount therefore takes the log."""
    found = Counter()
    for i, text in enumerate(inputs):
        for partition in re.findall(rb'^\{"topic":"[^"]*","partition":(\d+)', text, re.M):
            found[int(partition), i] += 1
    for place, end in ends.items():
        if found[place] < end:
            verdict.fail(f"log of (lane, input) {place}: {end} records sent, {found[place]} found")
    return dict(found)


def judge_counters(verdict, stack, inputs, inputs_of):
    """Every counter of every creator."""
    (stack.dir / "log").write_bytes(b"".join(inputs))
    creators = recount.read(stack.dir / "log", 1)
    states = {s["creator"]: s for s in map(json.loads, open(stack.output("state", "--all")))}
    applied = stack.fences() or {}
    for name in sorted(creators.keys() ^ states.keys()):
        verdict.fail(f"creator {name}: " + ("no state; " if name in creators else "never was; ") + around(name, inputs_of, applied))
    compared = different = 0
    for name in sorted(creators.keys() & states.keys()):
        def check(who, field, wanted, found):
            nonlocal compared, different
            compared += 1
            if wanted != found:
                different += 1
                verdict.fail(f"creator {who}: {field} wanted {wanted}, found {found}; {around(who, inputs_of, applied)}")
        recount.compare(check, name, creators[name], states[name])
    return f"{len(states)} creators, {compared} counters compared, {different} differences"


def judge_scores(verdict, scores, inputs, watcher, inputs_of):
    """Each record, and the one a reader keeps of each creator."""
    lanes, report = published.load_inputs([io.BytesIO(text) for text in inputs]), Scores()
    with open(scores, "rb") as stream:
        published.check_scores(report, stream, lanes)
    best, seen = {}, set()
    for r in map(json.loads, open(scores)):
        if r["value"] is None:
            verdict.fail(f"creator {r['key']}: a tombstone at offset {r['offset']}")
            continue
        judge_record(verdict, r, seen, report.bad, watcher)
        order = order_of(r["value"])
        if order >= best.get(r["key"], (order,))[0]:
            best[r["key"]] = order, r
    final = judge_final(verdict, best, lanes, inputs_of)
    return f"{report.records} scores, {report.sums()[0]} values compared, {report.sums()[2]} differences; {final}"


def order_of(value):
    """The order of readers."""
    return value["version"]["epoch"], value["version"]["offsets"], value["as_of"]


def judge_record(verdict, r, seen, bad, watcher):
    """Right at its prefix, not seen before, not before its counters."""
    seconds, where = r["timestamp"] / 1000, (r["key"], r["offset"])
    kind = verdict.kind_at(seconds)
    if where in bad:
        verdict.wrong[kind] += 1
        verdict.fail(f"creator {r['key']}, score at {r['partition']}/{r['offset']}: {bad[where]}; source {r['value']['source']}")
    if (r["key"], order_of(r["value"])) in seen:
        verdict.duplicates[kind] += 1
    seen.add((r["key"], order_of(r["value"])))
    early = too_early(r["value"]["source"], seconds, watcher)
    if early:
        verdict.wrong[kind] += 1
        verdict.fail(f"creator {r['key']}, score at {r['partition']}/{r['offset']} was out before its counters: {early}")


def too_early(source, seconds, watcher):
    """A source that Redis had not counted by the first look after the record was published."""
    if any(-EPSILON < lost - seconds < 1 for lost in watcher.lost):
        return None                               # counted, and lost before anybody looked
    look = bisect_left(watcher.times, seconds + EPSILON)
    at = watcher.times[min(look, len(watcher.times) - 1)]
    for i, topic in enumerate(INPUTS):
        history = watcher.history[source["partition"], i]
        known = bisect_right(history, (at, 1 << 62))
        if source[topic] > (history[known - 1][1] if known else 0):
            return f"{topic} {source[topic]}, Redis had {history[known - 1][1] if known else 0}"
    return None


def judge_final(verdict, best, lanes, inputs_of):
    """For every creator that was counted the largest record, with the values of the final state; none for others."""
    wanted = {name: lane for lane in lanes.values() for name in lane.creators}
    for name in sorted(wanted.keys() ^ best.keys()):
        verdict.fail(f"creator {name}: " + ("no score" if name in wanted else "a score of a creator that never was"))
    report = Scores()
    for name in sorted(wanted.keys() & best.keys()):
        chain, found = published.Chain(wanted[name], name), best[name][1]
        chain.advance(published.EVERYTHING)
        value = chain.creator.values(found["value"]["as_of"])
        found["value"]["version"]["offsets"] = value["version"]["offsets"]  # a record that changed nothing is not told
        published.compare_score(report, value, found["value"], (name, found["offset"]))
    for (name, offset), text in report.bad.items():
        verdict.fail(f"creator {name}: the score readers keep (offset {offset}) is not the final one: {text}; "
                     + around(name, inputs_of, {}))
    return f"{report.records} final ones, {len(report.bad)} differences"


def judge_committed(verdict, stack, ends):
    """Kafka's committed offsets follow the fences."""
    until, behind = time.monotonic() + 30, None
    while behind is None or (behind and time.monotonic() < until):
        rows = {(int(row[2]), INPUTS.index(row[1])): row[3] for row in stack.group()}
        behind = {place: (end, rows.get(place)) for place, end in ends.items() if rows.get(place) != str(end)}
    if behind:
        verdict.fail(f"committed offsets (lane, input): (wanted, found) {behind}")


def judge(stack, traffic, watcher, injections):
    """All of it."""
    verdict, sent = Verdict(injections), traffic.snapshot()
    scores, inputs = read_topics(stack)
    inputs_of = offsets_of(inputs)
    ends = judge_log(verdict, inputs, sent)
    judge_committed(verdict, stack, ends)
    counters = judge_counters(verdict, stack, inputs, inputs_of)
    verdict.summary = "\n".join([f"{sum(ends.values())} records, {sum(ends.values()) - sum(sent.values())} of them sent twice by the producer",
                                 counters, judge_scores(verdict, scores, inputs, watcher, inputs_of)])
    return verdict
