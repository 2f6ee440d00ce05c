"""Sketches against sets: what scores and shortlists say of how many people there are, and how many there were.

    python3 reach.py --scores FILE --fits FILE --lists FILE [--secret FILE] [--least N] INPUT...

Logs as for published_fits.py. Exact sets of actors are made from the log prefix that each score or fit names. Prints how
relative errors are spread; fails where fewer than .60 are within the stated error (one standard error of a normal
distribution: .68) or fewer than .98 within three of them (.997; creators share actors, so errors are not independent).
Exclusive reach is a difference of two estimates: its error is stated against the whole reach.
"""
import argparse
import sys

from lanes import Lane, load_inputs
from methodology import C
from moments import Moments, Prefixes, versions_of
from published import setup_of
from published_fits import rows_of
from shortlists import Pairs

WITHIN = ((1, 0.60), (3, 0.98))


class Crowds:
    """Exact sets of the actors of creators at the moments that records name."""

    def __init__(self, lanes, setup, versions):
        self.home = {creator: lane for lane in lanes.values() for creator in lane.creators}
        self.setup, self.versions, self.moments, self.known = setup, versions, {}, {}

    def of(self, creator, version, as_of):
        """Hashes of the living slices."""
        key = creator, version, as_of
        if key not in self.known:
            lane = self.home.get(creator) or Lane()
            vector = Prefixes(lane, creator, self.versions.get(creator, {})).of(version)[0][0]
            moments = self.moments.setdefault(creator, Moments(lane, creator, self.setup))
            self.known[key] = set().union(*(s.hashes for s in moments.at(vector).actors.living(as_of)))
        return self.known[key]


def last_scores(scores):
    """The newest record of each creator."""
    return {record["value"]["creator_id"]: record["value"] for record in scores if record["value"]}


def rosters(fits, lists):
    """(shortlist, {member: its fit}) of the last shortlist of each campaign, at the prefix it names."""
    last = {}
    for record in lists:
        if record["value"]:
            last[record["key"]] = record["value"]
    for told in last.values():
        pairs = Pairs()
        for record in fits:
            if record["partition"] == told["source"]["partition"] and record["offset"] < told["source"]["fit_scores"]:
                if record["key"].split("/", 1)[0] == told["campaign_id"]:
                    pairs.apply(record)
        known = pairs.known.get(told["campaign_id"], {})
        yield told, {m["creator_id"]: known[m["creator_id"]] for m in told["roster"]["members"]}


def errors(crowds, scores, fits, lists, least):
    """{what: [relative error]} of whatever has at least so many people."""
    found = {"unique actors of a score": [], "reach of a ranked creator": [], "total reach": [], "unduplicated reach": [], "reach so far": [],
             "exclusive reach, of the whole": []}
    for creator, value in last_scores(scores).items():
        exact = len(crowds.of(creator, value["version"]["offsets"], value["as_of"]))
        said = (value["community"] or {}).get("unique_actors")
        if exact >= least and said is not None:
            found["unique actors of a score"].append(said / exact - 1)
    for told, members in rosters(fits, lists):
        sets = {c: crowds.of(c, pair["version"]["offsets"], pair["as_of"]) for c, pair in members.items()}
        whole = set().union(*sets.values())
        if len(whole) < least:
            continue
        roster = told["roster"]
        found["unduplicated reach"].append(roster["unduplicated_reach"] / len(whole) - 1)
        found["total reach"].append(roster["total_reach"] / sum(map(len, sets.values())) - 1)
        so_far = set()
        for member in roster["members"]:
            c = member["creator_id"]
            so_far |= sets[c]
            alone = len(sets[c] - set().union(*(s for other, s in sets.items() if other != c)))
            found["exclusive reach, of the whole"].append((member["exclusive_reach"] - alone) / len(whole))
            if len(so_far) >= least:
                found["reach so far"].append(member["reach_so_far"] / len(so_far) - 1)
        for row in told["ranking"]:
            if row["creator_id"] in sets and len(sets[row["creator_id"]]) >= least:
                found["reach of a ranked creator"].append(row["reach"] / len(sets[row["creator_id"]]) - 1)
    return found


def spread(name, values):
    """One line of how errors are spread; True when they are as stated."""
    values = sorted(values)
    shares = [sum(abs(v) <= n * C["roster.error"] for v in values) / len(values) for n, _ in WITHIN]
    at = [values[round(q * (len(values) - 1))] for q in (0, .05, .5, .95, 1)]
    mean_square = (sum(v * v for v in values) / len(values)) ** .5
    print(f"{name:32} {len(values):6} {shares[0]:8.3f} {shares[1]:8.3f} {100 * mean_square:7.2f} %  " + " ".join(f"{100 * v:+6.2f}" for v in at))
    return all(share >= wanted for share, (_, wanted) in zip(shares, WITHIN))


def main():
    """Arguments; exit 1 where errors are larger than stated."""
    parser = argparse.ArgumentParser(description="reach by sketches against exact sets")
    for name in ("scores", "fits", "lists"):
        parser.add_argument("--" + name, metavar="FILE", required=True)
    parser.add_argument("--secret", metavar="FILE")
    parser.add_argument("--least", type=int, default=50, metavar="N", help="people at least (default 50)")
    parser.add_argument("files", nargs="+", metavar="INPUT")
    arguments = parser.parse_args()
    setup = setup_of(arguments.secret)[0]
    lanes = load_inputs((open(name, "rb") for name in arguments.files), setup)
    scores, fits, lists = (rows_of(getattr(arguments, name)) for name in ("scores", "fits", "lists"))
    crowds = Crowds(lanes, setup, versions_of(scores)[0])
    percent = 100 * C["roster.error"]
    print(f"{'':32} {'n':>6} within ±{percent:.1f} %, ±{3 * percent:.1f} %; root mean square; least, .05, median, .95, most in %")
    results = [(name, spread(name, values)) for name, values in errors(crowds, scores, fits, lists, arguments.least).items() if values]
    wrong = [name for name, holds in results if not holds]
    print(f"{len(results)} kinds of reach, {len(wrong)} with errors above what is stated" + "".join(f"; {name}" for name in wrong))
    return 1 if wrong or len(results) < 5 else 0


if __name__ == "__main__":
    sys.exit(main())
