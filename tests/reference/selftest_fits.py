"""Self-test of published_fits.py: 0 differences on a tiny stream, then one for every altered value of a fit and of a shortlist."""
import copy

from actors import Registers
from compare import Report
from edges import Always
from fit_record import as_published, compare_fit
from lanes import load_inputs
from moments import Moments, Prefixes
from planted import say
from published_fits import Judge, check, compare_end
from records import TOPICS
from selftest import altered, setup, tiny_scores, tiny_stream, to_lines
from shortlists import Pairs, changes, check_lists, shortlist

CAMPAIGNS = {"k0": {"campaign_id": "k0", "brand": "acme", "status": "ACTIVE", "tiers": [], "topics": {"FOOD": 1.0, "PET": 0.5},
                    "weights": {"quality": 2.0}, "budget": {"minor_units": 9000, "currency": "EUR"}, "slots": 2},
             "k1": {"campaign_id": "k1", "brand": "b", "status": "ACTIVE", "tiers": [], "topics": {"PET": 1.0}, "values": ["A"],
                    "excluded": ["never"], "countries": {"FR": 1.0}}}
POSITION, QUIET = "microflux.position", {"digest": "d" * 16}


def packed(ranks):
    """As a fit carries its actors."""
    sketch = Registers()
    sketch.ranks = bytearray(ranks)
    return sketch.packed().hex()


def published(record, name, creator, version, as_of):
    """A fit as it is published."""
    parts = [{"signal": signal, **part} for signal, part in record["quality"]["parts"].items()]
    return {**record, "campaign_id": name, "creator_id": creator, "version": {"epoch": 0, "offsets": version}, "as_of": as_of,
            "methodology": QUIET, "digests": {"campaign": f"{name:0>16}", "peers": None, "embedding": None},
            "quality": {**record["quality"], "parts": parts}, "actors": packed(record["actors"]),
            "waterfall": [{"factor": step, **row} for step, row in record["waterfall"].items()]}


def told_of(judge, scores):
    """A fit of each campaign whenever a creator was scored, a tombstone where it fits no more."""
    fits, there = [], set()
    for score in scores:
        value, creator = score["value"], score["key"]
        for name in CAMPAIGNS:
            state = Moments(judge.lanes[0], creator, judge.setup).at(tuple(value["source"][topic] for topic in TOPICS))
            made = judge.record(state, value["as_of"], (name, f"{name:0>16}"), None, {})
            if not made["score"] and (name, creator) not in there:
                continue
            there.symmetric_difference_update({(name, creator)} if bool(made["score"]) != ((name, creator) in there) else ())
            told = published(made, name, creator, value["version"]["offsets"], value["as_of"]) if made["score"] else None
            fits.append({"partition": 0, "offset": len(fits), "timestamp": 1 + len(fits), "key": f"{name}/{creator}",
                         "headers": {POSITION: f"0 - 0 {len(fits)} 0"}, "value": told})
    return fits


def list_of(fits, name, offset):
    """A shortlist as it is published."""
    pairs = Pairs()
    for record in fits:
        pairs.apply(copy.deepcopy(record))
    found, of = shortlist(pairs.known[name], CAMPAIGNS[name]), CAMPAIGNS[name]
    return {"partition": 0, "offset": offset, "timestamp": 10 ** 6 + offset, "key": name, "value": {
        **found, "campaign_id": name, "version": {"epoch": 0, "offsets": pairs.ends[name]}, "as_of": pairs.as_of, "as_of_source": "EVENT",
        "source": {"partition": 0, "fit_scores": fits[-1]["offset"] + 1}, "rejected": [], "changes": None,
        "campaign": {"digest": f"{name:0>16}", **{field: of.get(field) for field in ("brand", "budget", "slots")}}}}


def lists_wrong(judge, fits, lists):
    """Differences of shortlists."""
    report, live = Report(quiet=True), CAMPAIGNS
    check_lists(report, judge.campaigns, copy.deepcopy(fits), lists, live)
    return report.sums()[2]


def fit_wrong(wanted, value):
    """Differences of a fit."""
    report = Report(quiet=True)
    compare_fit(report, wanted, as_published(value), ("", 0))
    return report.sums()[2]


def broken(differences):
    """True where there are some, or it is of another shape altogether."""
    try:
        return differences() > 0
    except (AttributeError, KeyError, TypeError, ValueError):
        return True


def fit_results(judge, fits, rest):
    """Every altered value of a fit is found."""
    for record in (fits[-1], fits[-2], fits[len(fits) // 2]):
        value = record["value"]
        wanted = as_published(value)
        for path, other in altered({name: v for name, v in value.items() if name not in ("actors", "methodology", "digests", "version", "as_of")}):
            if path[-1] in ("evidence", "peer", "signal", "factor", "campaign_id", "creator_id"):
                continue
            yield f"fit {path}", broken(lambda: fit_wrong(wanted, {**other, "actors": value["actors"]}))
        more = Registers.unpacked(bytes.fromhex(value["actors"]))
        more.add(12345)
        yield "one actor more", fit_wrong(wanted, {**value, "actors": packed(more.ranks)}) > 0
    for field, other in (("version", {"epoch": 0, "offsets": 1}), ("as_of", 7), ("digests", {**fits[-1]["value"]["digests"], "campaign": "0" * 16}),
                         ("digests", {**fits[-1]["value"]["digests"], "embedding": "e" * 16})):
        yield f"fit {field}", whole(judge, fits[:-1] + [{**fits[-1], "value": {**fits[-1]["value"], field: other}}] + rest) > 0


def whole(judge, fits, scores=()):
    """Differences of a whole check in memory."""
    report = Report(quiet=True)
    logs = {"fits": copy.deepcopy(fits), "scores": list(scores) or judge.scores, "lists": [],
            "campaigns": [{"key": name, "timestamp": 0, "value": value} for name, value in CAMPAIGNS.items()]}
    check(report, judge, logs)
    return report.sums()[2]


def list_results(judge, fits):
    """Every altered value of a shortlist is found, and what is said to have changed."""
    lists = [list_of(fits, name, i) for i, name in enumerate(CAMPAIGNS)]
    yield "shortlists unaltered", lists_wrong(judge, fits, lists) == 0
    yield "a shortlist less", lists_wrong(judge, fits, lists[:1]) > 0
    for i, told in enumerate(lists):
        for path, other in altered(told["value"]):
            if path[0] in ("passed", "ranking", "roster", "rejected", "performance", "version", "as_of", "campaign") and path[-1] != "epoch":
                rows = lists[:i] + [{**told, "value": other}] + lists[i + 1:]
                yield f"shortlist {path}", broken(lambda: lists_wrong(judge, fits, rows))
    before, now = (list_of(fits[:n], "k1", n)["value"] for n in (len(fits) // 2, len(fits)))
    then = copy.deepcopy(before)
    then["ranking"], then["roster"]["members"] = then["ranking"][1:], []
    found = changes(then, now)
    yield "entered", found["entered"] == [before["ranking"][0]["creator_id"]] or bool(found["moved"])
    gone, chosen = changes(now, then), [m["creator_id"] for m in now["roster"]["members"]]
    yield "left", len(gone["left"]) == len(now["ranking"]) - len(then["ranking"]) and gone["roster_left"] == chosen


def self_test():
    """All of them."""
    inputs, beside = tiny_stream(), setup()
    beside.text = Always()
    scores, lanes = tiny_scores(inputs), load_inputs([to_lines(inputs)], beside)
    scores = [score for score in scores if score["value"]["as_of_source"] == "EVENT"][::3] + [
        [s for s in scores if s["key"] == c and s["value"]["as_of_source"] == "EVENT"][-1] for c in ("c1", "c2")]
    judge = Judge(lanes, beside, {None: beside.peers})
    judge.campaigns, judge.scores = {(name, f"{name:0>16}"): value for name, value in CAMPAIGNS.items()}, scores
    fits = told_of(judge, scores)
    results = [("unaltered", whole(judge, fits) == 0), ("prefixes by timestamps", whole(judge, fits, scores[-2:]) == 0),
               ("a pair less", whole(judge, [f for f in fits if f["key"] != fits[-1]["key"]]) > 0)]
    results += [(f"{field} told in the end", end_found(told)) for field, told in (("nothing", None), ("another fit", {"score": 50.0}))]
    one = Prefixes(lanes[0], "c2", {})
    pairs = {sum(v) for v in one.walked.values()}
    results.append(("prefixes by their sum", all(one.of(n)[0] for n in pairs) and one.of(1 + max(pairs))[0] == []))
    alive = fits[:next((i for i, f in enumerate(fits) if f["value"] is None), len(fits))]
    results.append(("some leave", len(alive) < len(fits)))
    results += list(fit_results(judge, alive, fits[len(alive):])) + list(list_results(judge, alive))
    return say(results)


def end_found(told):
    """True when the end of a pair with a fit of 40 is found wrong."""
    report = Report(quiet=True)
    compare_end(report, 40.0, told, ("", 0))
    return report.sums()[2] > 0
