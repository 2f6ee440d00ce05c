"""oracle: what must be true when a run is over. The log holds what was sent, once, in order; counters of every creator equal a recount of
what was sent; every score equals the reference at the log prefix it names; the record a reader keeps is the score of the final state, for
every creator and for no other; no score was out before its counters were in Redis; fences and Kafka's committed offsets stand at the ends
of the logs. A failure names creator, counter, wanted, found, and the offsets around it."""
import io
import json
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict

from stack import until   # finds the next two
import published
import recount
from traffic import INPUTS, partition_of, place_of

EPSILON = 0.2  # seconds between two clocks' readings of one machine
SHOWN = 20


class Verdict:
    """What was found; wrong and duplicates by the fault that went on or had ended last when the score was published."""

    def __init__(self, injections):
        injections = sorted(injections, key=lambda i: i.began)
        self.began = [i.began for i in injections]
        self.kinds = ["none"] + [i.kind for i in injections]
        self.failures, self.wrong, self.duplicates, self.sums = [], Counter(), Counter(), Counter()

    def kind_at(self, seconds):
        return self.kinds[bisect_right(self.began, seconds)]

    def fail(self, text):
        self.sums["differences"] += 1
        if len(self.failures) < SHOWN:
            self.failures.append(text)

    def summary(self):
        return (f"{self.sums['records']} records; {self.sums['counters']} counters of {self.sums['creators']} creators compared; "
                f"{self.sums['scores']} scores, {self.sums['values']} values compared; {self.sums['final']} final scores; "
                f"{self.sums['duplicates']} scores twice; {self.sums['differences']} differences")


class Scores(published.Report):
    """A report that remembers which records differ."""

    def __init__(self):
        super().__init__(quiet=True)
        self.bad = {}

    def compare(self, field, wanted, found, where, *kind):
        before = self.fields[field][2] if field in self.fields else 0
        super().compare(field, wanted, found, where, *kind)
        if self.fields[field][2] > before:
            self.bad.setdefault(where, f"{field}: wanted {wanted!r}, found {found!r}")


def read_topics(stack):
    """The topics as files; inputs with their names in front, as published.py wants them."""
    scores, inputs = stack.output("tail", "--until-end", "--format", "json", "creator-scores"), []
    for topic in INPUTS:
        raw = stack.output("tail", "--until-end", "--format", "json", topic)
        inputs.append(b"".join(b'{"topic":"%s",' % topic.encode() + line[1:] for line in open(raw, "rb")))
    return scores, inputs, stack.output("tail", "--until-end", "--format", "json", "peer-tables")


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


def says(record, value):
    """The record of the log holds all that was sent."""
    return all(says(record.get(name), v) if isinstance(v, dict) and isinstance(record.get(name), dict) else record.get(name) == v
               for name, v in value.items())


def judge_log(verdict, inputs, sent):
    """The log holds what was sent, once, in order."""
    wanted, found = defaultdict(list), defaultdict(list)
    for event in sent:
        wanted[place_of(event)].append(event)
    for i, text in enumerate(inputs):
        for record in map(json.loads, io.BytesIO(text)):
            found[record["partition"], i].append(record)
    for place in sorted(wanted.keys() | found.keys()):
        ours, theirs = wanted[place], found[place]
        verdict.sums["records"] += len(theirs)
        n = next((n for n, (event, record) in enumerate(zip(ours, theirs))
                  if record["timestamp"] != event["timestamp"] or not says(record["value"], event["value"])), min(len(ours), len(theirs)))
        if n < max(len(ours), len(theirs)):
            at = theirs[n]["offset"] if n < len(theirs) else "the end"
            verdict.fail(f"log of {INPUTS[place[1]]}/{place[0]}: {len(ours)} records sent, {len(theirs)} found, "
                         f"the first other one at {at}: wanted {ours[n:n + 1]}, found {theirs[n:n + 1]}")
    return {place: theirs[-1]["offset"] + 1 for place, theirs in found.items() if theirs}


def judge_counters(verdict, stack, sent, inputs_of):
    """Every counter of every creator."""
    (stack.dir / "sent").write_text("".join(json.dumps(event) + "\n" for event in sent))
    creators = recount.read(stack.dir / "sent", 1)
    states = {s["creator"]: s for s in map(json.loads, open(stack.output("state", "--all")))}
    applied = stack.fences() or {}
    for name in sorted(creators.keys() ^ states.keys()):
        verdict.fail(f"creator {name}: " + ("no state; " if name in creators else "never was; ") + around(name, inputs_of, applied))

    def check(who, field, wanted, found):
        verdict.sums["counters"] += 1
        if wanted != found:
            verdict.fail(f"creator {who}: {field} wanted {wanted}, found {found}; {around(who, inputs_of, applied)}")
    for name in sorted(creators.keys() & states.keys()):
        verdict.sums["creators"] += 1
        recount.compare(check, name, creators[name], states[name])


def judge_scores(verdict, scores, inputs, peers, play, inputs_of):
    """Each record, and the one a reader keeps of each creator."""
    setup, tables = published.setup_of(peers=peers)
    lanes, report = published.load_inputs([io.BytesIO(text) for text in inputs], setup), Scores()
    with open(scores, "rb") as stream:
        published.check_scores(report, stream, lanes, setup, tables)
    best, last, seen = {}, {}, set()
    for r in map(json.loads, open(scores)):
        if r["value"] is None:
            verdict.fail(f"creator {r['key']}: a tombstone at offset {r['offset']}")
            continue
        judge_record(verdict, r, seen, report.bad, play.watcher)
        order = last[r["key"]] = order_of(r["value"])
        if order >= best.get(r["key"], (order,))[0]:
            best[r["key"]] = order, r
    judge_final(verdict, best, lanes, setup, inputs_of)
    for name, (order, r) in best.items() if play.compacted else ():
        if last[name] != order:
            verdict.fail(f"creator {name}: compaction keeps {last[name]}, readers want {order} (offset {r['offset']})")
    verdict.sums["scores"], verdict.sums["values"] = report.records, report.sums()[0]


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
        verdict.sums["duplicates"] += 1
    seen.add((r["key"], order_of(r["value"])))
    early = too_early(r["value"]["source"], seconds, watcher)
    if early:
        verdict.wrong[kind] += 1
        verdict.fail(f"creator {r['key']}, score at {r['partition']}/{r['offset']} was out before its counters: {early}")


def too_early(source, seconds, watcher):
    """A source that Redis had not counted by the first look after the record was published."""
    if not watcher or not watcher.times:
        return None
    look = bisect_left(watcher.times, seconds + EPSILON)
    at = watcher.times[min(look, len(watcher.times) - 1)]
    if any(began <= at and seconds - 1 < ended for began, ended in watcher.lost):
        return None                               # counted, and lost before anybody looked
    for i, topic in enumerate(INPUTS):
        history = watcher.history[source["partition"], i]
        known = bisect_right(history, (at, 1 << 62))
        if source[topic] > (history[known - 1][1] if known else 0):
            return f"{topic} {source[topic]}, Redis had {history[known - 1][1] if known else 0}"
    return None


def judge_final(verdict, best, lanes, setup, inputs_of):
    """For every creator that was counted the largest record, with the values of the final state; none for others."""
    wanted = {name: lane for lane in lanes.values() for name in lane.creators}
    for name in sorted(wanted.keys() ^ best.keys()):
        verdict.fail(f"creator {name}: " + ("no score" if name in wanted else "a score of a creator that never was"))
    report = Scores()
    for name in sorted(wanted.keys() & best.keys()):
        chain, found = published.Chain(wanted[name], name, setup), best[name][1]
        chain.advance(published.EVERYTHING)
        version = found["value"]["version"]
        version["offsets"] = sum(chain.creator.next_offset.values())  # a record that changed nothing is not told
        published.compare_score(report, chain.creator, found["value"]["as_of"], found["value"], found["offset"])
    for (name, offset), text in report.bad.items():
        verdict.fail(f"creator {name}: the score readers keep (offset {offset}) is not the final one: {text}; "
                     + around(name, inputs_of, {}))
    verdict.sums["final"] = report.records


def judge_ends(verdict, stack, ends):
    """Fences stand at the ends of the logs, and Kafka's committed offsets follow them."""
    fences, rows = stack.fences() or {}, {}
    for (lane, i), end in ends.items():
        if fences.get(lane, [(0, 0)] * 3)[i] != (end, end):
            verdict.fail(f"fence of lane {lane}, {INPUTS[i]}: (applied, published) wanted {end}, found {fences.get(lane)}")

    def behind():
        rows.update({(int(row[2]), INPUTS.index(row[1])): row[3] for row in stack.group()})
        return {place: (end, rows.get(place)) for place, end in ends.items() if rows.get(place) != str(end)}
    if not until(60, lambda: not behind()):
        verdict.fail(f"committed offsets (lane, input): (wanted, found) {behind()}")


def judge(play):
    """All of it."""
    verdict, sent = Verdict(play.injections), play.traffic.sent()
    scores, inputs, peers = read_topics(play.stack)
    inputs_of = offsets_of(inputs)
    judge_ends(verdict, play.stack, judge_log(verdict, inputs, sent))
    judge_counters(verdict, play.stack, sent, inputs_of)
    judge_scores(verdict, scores, inputs, peers, play, inputs_of)
    return verdict
