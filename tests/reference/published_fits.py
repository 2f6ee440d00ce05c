"""Checks every published fit and shortlist against the reference; NDJSON of `microflux tail TOPIC --until-end --format json`.

    python3 published_fits.py --campaigns FILE --scores FILE --fits FILE [--lists FILE] [--model FILE] [--peers FILE]
                              [--secret FILE] [--totals PLATFORM=KIND,..] [--least N] INPUT...
    python3 published_fits.py --self-test

Each fit is computed again from the log prefix that its version names (moments.py), under the campaign that its digest stands
for, with the table of peers that it names; each shortlist from the prefix of fit-scores that its `source` names
(shortlists.py). In the end who is told of is compared with who ought to be. Prints each field, then
`N fits, N shortlists, N compared, N non-trivial, N differences`.
"""
import argparse
import json
import sys

from actors import Registers
from affinity import brand_vector
from common import round_score
from compare import Report
from fit_record import BY_AFFINITY, EXPONENTS, as_published, compare_fit, fit_record
from gates import given
from lanes import Lane, load_inputs
from methodology import C
from models import read_embedding
from moments import Moments, Prefixes, arrivals, count_of, digests_of, versions_of
from published import print_fields, setup_of
from shortlists import check_lists


def rows_of(path):
    """Records of a log, in the order of each partition."""
    with open(path, encoding="utf-8") as stream:
        return sorted(map(json.loads, stream), key=lambda r: (r["partition"], r["offset"]))


class Judge:
    """What fits are computed with: lanes, tables of peers, a model, and which campaigns the digests are."""

    def __init__(self, lanes, setup, peers, model=None, each=1):
        self.lanes, self.setup, self.peers, self.model, self.each = lanes, setup, peers, model, each
        self.campaigns, self.brands, self.left_out, self.no_sums = {}, {}, (), ()

    def brand(self, key):
        """B of a campaign by its words alone."""
        if key not in self.brands:
            self.brands[key] = brand_vector(self.model, self.campaigns[key], self.setup.text)
        return self.brands[key]

    def record(self, state, as_of, key, peers, made):
        """The fit of a state; made: values and sketch by (as_of, peers), kept as long as the state stays."""
        if (as_of, peers) not in made:
            self.setup.peers = self.peers.get(peers, self.peers.get(None))
            union = set().union(*(s.hashes for s in state.actors.living(as_of)))
            made[as_of, peers] = state.values(as_of), bytes(Registers(union).ranks)
        by = {"model": self.model, "brand": self.brand(key)} if self.model else {}
        return fit_record(state, *made[as_of, peers], self.campaigns[key], as_of, **by)


def by_creator(fits):
    """{creator: [record]} of fits, tombstones left out."""
    found = {}
    for record in fits:
        if record["value"] is not None:
            found.setdefault(record["value"]["creator_id"], []).append(record)
    return found


def own_words(found, wanted):
    """The fit that a record's own affinity and the reference's factors give (where B is not known)."""
    affinity, product = found["affinity"]["score"], 1.0
    for step in wanted["waterfall"].values():
        product *= step["value"]
    return {**wanted, "score": affinity * product, "affinity": {**found["affinity"]}}


class Fits:
    """The check of all fits of the creators, one after the other."""

    def __init__(self, report, judge):
        self.report, self.judge, self.how, self.examples = report, judge, [], 0
        self.final, self.times = {}, {}

    def lane_times(self, lane):
        """Every event time of a lane, and what an idle one may have reached."""
        if id(lane) not in self.times:
            self.times[id(lane)] = set().union({0}, *lane.highest, *lane.moments)
        return self.times[id(lane)]

    def one(self, record, states, made):
        """One record under one of the states that its version may name; the one with the fewest differences counts."""
        value, judge = record["value"], self.judge
        key = value["campaign_id"], value["digests"]["campaign"]
        where = f"{key[0]}/{value['creator_id']}", record["offset"]
        if key not in judge.campaigns:
            self.report.compare("digests.campaign", "a record of the campaign", key[1], where)
            return
        unknown = judge.model and given(judge.campaigns[key])["example_creators"]
        self.examples += bool(unknown)
        trials, left_out = [], judge.left_out + (BY_AFFINITY[1:] if unknown else ())
        for state, kept in zip(states, made):
            wanted = judge.record(state, value["as_of"], key, value["digests"]["peers"], kept)
            found = as_published(value)
            if unknown:
                wanted = own_words(found, wanted)
            trials.append((Report(quiet=True), wanted, found))
            compare_fit(*trials[-1], where, left_out)
        best = min(trials, key=lambda trial: trial[0].sums()[2], default=None)
        if best is None:
            self.report.compare("version", "a prefix of the log", value["version"], where)
        else:
            compare_fit(self.report, *best[1:], where, left_out)
        self.report.compare("digests.embedding", judge.model and judge.model.digest, value["digests"]["embedding"], where)

    def creator(self, name, lane, records, scores):
        """All fits of one creator, in the order of its versions."""
        prefixes, moments = Prefixes(lane, name, scores), Moments(lane, name, self.judge.setup)
        named = {version: prefixes.of(version) for version in {r["value"]["version"]["offsets"] for r in records}}
        for version, (vectors, how) in sorted(named.items(), key=lambda row: min(row[1][0], default=())):
            states = [moments.at(vector) for vector in vectors] if len(vectors) == 1 else [
                Moments(lane, name, self.judge.setup).at(vector) for vector in vectors]
            made = [{} for _ in states]
            for record in records:
                if record["value"]["version"]["offsets"] == version:
                    self.how.append(how)
                    idle = record["value"]["as_of"] > max(self.lane_times(lane))
                    self.report.compare("as_of", True, idle or record["value"]["as_of"] in self.lane_times(lane), (name, record["offset"]))
                    self.one(record, states, made)


def last_told(fits):
    """{(campaign, creator): value} of what is told in the end."""
    last = {tuple(r["key"].split("/", 1)): r["value"] for r in fits}
    return {pair: value for pair, value in last.items() if value is not None}


def check_end(report, judge, fits, live, newest, versions):
    """Who ought to be told of: every creator that fits a campaign as of its newest score, and nobody else, each within 0.5."""
    told, campaigns = last_told(fits), {}
    for (name, digest), record in judge.campaigns.items():
        if record == live.get(name):
            campaigns[name] = digest
    for lane in judge.lanes.values():
        end = max((moments[-1] for moments in lane.moments if moments), default=0)
        for creator in sorted(set(lane.creators) & set(newest))[::judge.each]:
            version, as_of = newest[creator]
            state, made = Moments(lane, creator, judge.setup).at(versions[creator][version]), {}
            for name, digest in campaigns.items():
                value = told.get((name, creator))
                peers = value["digests"]["peers"] if value else None
                wanted = judge.record(state, max(as_of, value["as_of"] if value else 0), (name, digest), peers, made)
                compare_end(report, wanted["score"], value, (f"{name}/{creator}", end))
    for name, creator in told:
        if name not in live:
            report.compare("end.campaign", None, name, (f"{name}/{creator}", "end"))

def compare_end(report, wanted, value, where):
    """A pair in the end. What is below 0.5 may be told or not: it need not have moved since it was 0."""
    wanted, found = round_score(wanted or 0.0), value["score"] if value else 0.0
    report.compare("end.told", wanted > 0, value is not None, where)
    if value is not None:
        near = abs(wanted - found) < C["fit.min_change"] + 2e-3
        report.compare("end.score", wanted, wanted if near else found, where)


def check_fits(report, judge, fits, scores):
    """Every fit; gives how prefixes were found and how many hang on example creators."""
    check, versions = Fits(report, judge), versions_of(scores)[0]
    home = {creator: lane for lane in judge.lanes.values() for creator in lane.creators}
    for name, records in sorted(by_creator(fits).items())[::judge.each]:
        check.creator(name, home.get(name) or Lane(), records, versions.get(name, {}))
    return check


def check(report, judge, logs, each=1):
    """Everything that was told; logs: campaigns, scores, fits, lists; of the shortlists each so many only."""
    told = [(r["value"]["campaign_id"], r["value"]["digests"]["campaign"], r["timestamp"]) for r in logs["fits"] if r["value"]]
    told += [(r["key"], r["value"]["campaign"]["digest"], r["timestamp"]) for r in logs["lists"] if r["value"]]
    judge.campaigns = digests_of(logs["campaigns"], *told)
    fits = check_fits(report, judge, logs["fits"], logs["scores"])
    print(f"prefixes of fits were found {count_of(fits.how)}")
    if fits.examples:
        print(f"{fits.examples} fits are of campaigns with example creators: which B they were made with no record names; "
              "their affinity is taken as it is")
    live = {}
    for r in logs["campaigns"]:
        live[r["key"]] = r["value"]
    live = {name: value for name, value in live.items() if value}
    versions, newest = versions_of(logs["scores"])
    check_end(report, judge, logs["fits"], live, newest, versions)
    lists = check_lists(report, judge.campaigns, logs["fits"], logs["lists"], live, each, judge.no_sums)
    return len(fits.how), lists


def main():
    """Arguments; exit 1 on differences or when nothing was compared."""
    parser = argparse.ArgumentParser(description="check published fits and shortlists against the reference")
    parser.add_argument("--self-test", action="store_true")
    for name, what in (("campaigns", "of the topic campaigns"), ("scores", "of creator-scores"), ("fits", "of fit-scores"),
                       ("lists", "of shortlists"), ("peers", "of peer-tables"), ("secret", "of the actors' hashes"),
                       ("model", "models.embedding")):
        parser.add_argument("--" + name, metavar="FILE", help=what)
    parser.add_argument("--totals", action="append", default=[], metavar="PLATFORM=KIND,...", help="counting.totals")
    parser.add_argument("--without", default="", metavar="WHAT,...",
                        help="what the engine does not do yet: shares (of audiences), words (free ones in `excluded`), exponents (in waterfall.value), "
                        "sums (newest and value of the performance of all together)")
    parser.add_argument("--creators", type=int, default=1, metavar="N", help="the fits of each Nth creator only")
    parser.add_argument("--each", type=int, default=1, metavar="N", help="each Nth shortlist only")
    parser.add_argument("--least", type=int, default=0, metavar="N", help="fail where a field was compared non-trivially less often")
    parser.add_argument("files", nargs="*", metavar="INPUT")
    arguments = parser.parse_args()
    if arguments.self_test:
        from selftest_fits import self_test
        return self_test()
    if not (arguments.campaigns and arguments.scores and arguments.fits and arguments.files):
        parser.error("--campaigns, --scores, --fits and at least one INPUT are needed")
    logs = {name: rows_of(path) if (path := getattr(arguments, name)) else [] for name in ("campaigns", "scores", "fits", "lists")}
    setup, peers = setup_of(arguments.secret, None, arguments.totals, arguments.peers)
    if "words" not in arguments.without:
        setup.free_words = arrivals(logs["campaigns"])
    if "shares" in arguments.without:
        setup.shares = False
    lanes, report = load_inputs((open(name, "rb") for name in arguments.files), setup), Report()
    judge = Judge(lanes, setup, peers, arguments.model and read_embedding(arguments.model), arguments.creators)
    judge.left_out = EXPONENTS if "exponents" in arguments.without else ()
    judge.no_sums = ("newest", "value") if "sums" in arguments.without else ()
    fits, lists = check(report, judge, logs, arguments.each)
    few = print_fields(report, arguments.least)
    compared, filled, different = report.sums()
    print(f"{fits} fits, {lists} shortlists, {compared} compared, {filled} non-trivial, {different} differences")
    return 1 if different or not fits or few else 0


if __name__ == "__main__":
    sys.exit(main())
