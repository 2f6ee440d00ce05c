"""Self-test of published.py: 0 differences on a tiny stream, then one for every altered value; and planted.py.

The scores are made by a creator made anew for each prefix, the check by one advanced along the prefixes.
"""
import copy
import io
import json

from compare import Report, compare_record, compare_tiers
from lanes import Chain, load_inputs
from peers import Cell, Peers
from planted import planted, say
from published import EVERYTHING, check_scores, check_states, compare_state
from record import record_of
from records import DAY, HOUR, KINDS, TIME_FIELD, TOPICS, Setup, classify
from reference import Creator

START = 1_772_454_600_000 - 20 * DAY
QUANTILES = tuple(0.001 * 1.3 ** i for i in range(21))
EXAMPLE_ROW = {"at": 0, "LIKE": 1, "post_id": "x", "posted_at": 1, "observed_at": 1, "name": "x", "value": 1,
               "posts": 1, "clicks": 1, "probability": 1}          # what an empty list is altered to


def setup():
    """With peers and unit values, without lists."""
    return Setup(peers=Peers(always=Cell(500, QUANTILES)), unit_values={"currency": "EUR", "LIKE": 2.5, "VIEW": 1})


def tiny_stream():
    """Two creators of one lane, every kind of record of §0.1."""
    rows = []

    def add(topic, time, creator="c1", delay=1000, **value):
        """One record, `delay` after its event time."""
        value = {"creator_id": creator, TIME_FIELD[topic]: START + time, **value}
        rows.append((START + time + delay, topic, creator, value))
    for day, followers in enumerate((99_000, 100_500, 102_500, 98_500, 99_100, 99_100)):
        add("profiles", day * DAY, platform="TIKTOK", followers=followers, following=day, posts=None,
            price_per_post={"minor_units": 5000, "currency": "EUR"})
    for day, followers in enumerate((9_000, 9_010, 9_020, 9_030, 9_040, 9_950, 9_100, 9_100, 9_110)):
        add("profiles", (9 + day) * DAY, "c2", followers=followers, following=900 + 200 * (day % 2))
    add("profiles", 18 * DAY, "c2", followers=0)
    for i in range(8):
        add("posts", i * DAY + HOUR, post_id=f"p{i}", format="VIDEO", sponsors=["b"] if i == 3 else [],
            delay=2 * HOUR + 2000)
        for kind in KINDS:
            add("interactions", i * DAY + 2 * HOUR, post_id=f"p{i}", kind=kind, count=i + 3, actor_id="a")
    actor = {"followers": 9, "following": 400, "posts": 3, "has_picture": True, "name_digits": 2}
    for i in range(72):
        add("interactions", 17 * DAY + i * HOUR // 9, "c2", post_id=f"q{i % 24}", kind="COMMENT", actor_id=f"b{i % 50}",
            actor=actor if i % 3 else None, comment={"words": 1 + i % 4, "fingerprint": 7 + i % 40})
        add("interactions", 17 * DAY + i * HOUR // 9, "c2", post_id=f"q{i % 24}", kind="LIKE", count=20 + i * i % 300)
    for i in range(24):
        add("posts", 16 * DAY + i * HOUR, "c2", post_id=f"q{i}", mentions=["acme", f"m{i % 3}"], tags=["a", f"t{i}"],
            disclosed=i % 3 == 0, sponsors=["acme"] if i % 6 == 0 else [], delay=2000)
    for i in range(6):
        add("interactions", 17 * DAY + i * HOUR, "c2", post_id=f"q{i}", kind="COMMENT", actor_id="c2")
        add("interactions", 18 * DAY, "c2", kind="PURCHASE", count=i - 2, campaign_id=f"k{i % 2}",
            value={"minor_units": 100 + i, "currency": "EUR"})
    add("posts", 7 * DAY, post_id="p1", posted_at=START + DAY + HOUR, deleted=True)
    add("posts", 8 * DAY, post_id="p2", posted_at=START + 2 * DAY + HOUR, disclosed=True)
    add("interactions", 8 * DAY, post_id="p5", kind="COMMENT", actor_id="c1")
    add("interactions", 8 * DAY, post_id="p5", kind="LIKE", count=-30)
    add("interactions", 8 * DAY, post_id="p5", kind="LIKE", count=9, delay=93 * DAY)
    add("interactions", 9 * DAY, post_id="p5", kind="LIKE", count=9, delay=-6 * 60_000)
    add("interactions", 9 * DAY, post_id="p5", kind="OTHER")
    add("interactions", 9 * DAY, "c2", kind="FOLLOW", count=2)
    add("interactions", 9 * DAY, "c1", kind="VIEW", count=2, delay=93 * DAY + 1)
    rows.sort(key=lambda row: row[0])
    rows.append((rows[-1][0] + 1, "profiles", "c1", None))
    offsets, stream = dict.fromkeys(TOPICS, 0), []
    for timestamp, topic, creator, value in rows:
        stream.append({"topic": topic, "partition": 0, "offset": offsets[topic], "timestamp": timestamp,
                       "key": creator, "value": value})
        offsets[topic] += 1
    return stream


def tiny_scores(stream):
    """A score record after each input, by a creator made anew for each prefix."""
    scores, as_of, beside = [], 0, setup()
    for n, last in enumerate(stream, 1):
        if classify(last["topic"], last["timestamp"], last["value"], last["key"]) in ("applied", "late"):
            as_of = max(as_of, last["value"][TIME_FIELD[last["topic"]]])
        creator = Creator(last["key"], beside)
        source = {"partition": 0, **{topic: sum(r["topic"] == topic for r in stream[:n]) for topic in TOPICS}}
        for r in stream[:n]:
            if r["key"] == last["key"]:
                creator.apply(r["topic"], r["offset"], r["timestamp"], r["value"])
        for idle in (0, HOUR) if n % 5 == 0 else (0,):
            kind = {"as_of_source": "IDLE" if idle else "EVENT", "source": source}
            scores.append({"offset": len(scores), "key": last["key"],
                           "value": {**record_of(creator.values(as_of + idle)), **kind}})
    return scores


def to_lines(rows):
    """NDJSON in memory."""
    return io.BytesIO("".join(json.dumps(row) + "\n" for row in rows).encode())


def differences(lanes, beside, scores, states=()):
    """How many differences a check in memory finds, and how many non-trivial values it compared."""
    report = Report(quiet=True)
    check_scores(report, to_lines(scores), lanes, beside)
    if states:
        check_states(report, to_lines(states), lanes, beside)
    return report.sums()[2], report.sums()[1], report.unknown


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
            copied[name] = value + max(10, abs(value) // 1000)
        elif isinstance(value, dict):
            copied[name] = {"x": 1}
        else:
            copied[name] = [EXAMPLE_ROW] if isinstance(value, list) else (value or "") + "x"
        yield path + (name,), copied


def caught(wanted, altered_record):
    """True when a record is found different; the unaltered one comes first and gives tier names their meaning."""
    report = Report(quiet=True)
    for found in (wanted, altered_record):
        compare_record(report, wanted, found, ("", 0))
        compare_tiers(report, wanted, found, ("", 0))
    return report.sums()[2] > 0


def state_caught(wanted, altered_state):
    """True when a raw state is found different, by its content or its creator (then another one is missing)."""
    report = Report(quiet=True)
    compare_state(report, wanted, altered_state)
    return report.sums()[2] > 0 or wanted["creator"] != altered_state["creator"]


def self_test():
    """0 differences on the tiny stream, then one for every altered value."""
    inputs, beside = tiny_stream(), setup()
    scores, lanes = tiny_scores(inputs), load_inputs([to_lines(inputs)], beside)
    final = [Chain(lanes[0], creator, beside) for creator in ("c1", "c2")]
    states = [chain.advance(EVERYTHING) and chain.creator.state() for chain in final]
    different, filled, unknown = differences(lanes, beside, scores, states)
    backwards = load_inputs([to_lines(list(reversed(inputs)))], beside)
    shuffled = differences(backwards, beside, list(reversed(scores)), states)[0]
    results = [("unaltered", different == 0 and filled > 1000), ("reversed files", shuffled == 0),
               ("a missing state", differences(lanes, beside, [], states[:1])[0] > 0),
               (f"unnamed fields: {sorted(unknown)}", not unknown)]
    chosen = [len(scores) // 4, len(scores) // 2, len(scores) - 1]
    chosen.append(max(i for i, score in enumerate(scores) if score["key"] == "c2"))
    for i in chosen:
        for path, value in altered(scores[i]["value"]):
            results.append((f"score {i} {path}", caught(scores[i]["value"], value)))
    for i, state in enumerate(states):
        for path, other in altered(state):
            results.append((f"state {i} {path}", state_caught(state, other)))
    results += planted()
    return say(results)
