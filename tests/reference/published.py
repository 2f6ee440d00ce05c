"""Checks every published creator score (and raw state) against the reference; NDJSON files, one record a line.

    python3 published.py [--states FILE] [--peers FILE] [--secret FILE] [--emv FILE]
                         [--totals PLATFORM=KIND,..] SCORES INPUT...
    python3 published.py --self-test

INPUT: {"topic", "partition", "offset", "timestamp", "key", "value"}; SCORES: the same without topic, value
as creator-score.avsc; --states: raw state of each creator after all inputs, as `Creator.state`; --peers: records of
peer-tables; --secret: the 16 bytes of the actors' hashes, raw or in hex;
without it no actor is known. Each score is recomputed from the log prefix
named by its `source`. What is compared with what: compare.py. Tier names of the further schemes are data that
scoring.md (§1) does not give: a name unknown here is accepted if it always stands for the same step.
Prints each field, then `N records, N compared, N non-trivial, N differences`.
"""
import argparse
import json
import sys

from commercial import unit_values
from compare import Report, compare_record, compare_tiers
from lanes import Chain, Lane, load_inputs
from methodology import load
from peers import tables
from record import record_of
from records import COUNTERS, DAY, HOUR, KINDS, TOPICS, Setup
from score import peer_entry
from text import Official, here
from tier import lay

EVERYTHING = (1 << 62,) * 3
POST_FIELDS = COUNTERS + ("posted_at", "followers", "followers_late", "format", "sponsored", "deleted")
PROFILE_FIELDS = ("observed_at", "offset", "followers", "following", "posts")


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


def check_scores(report, stream, lanes, setup, peer_tables=None):
    """Every score record of a binary stream; a prefix that does not follow the others starts anew.

    Gives where the newest record of each creator places it among its peers.
    """
    entries = {}
    for (partition, creator_id), scores in load_scores(stream).items():
        lane, chains = lanes.get(partition) or Lane(), []
        for vector, place in sorted(scores):
            stream.seek(place)
            r = json.loads(stream.readline())
            chain = next((c for c in chains if c.can_reach(vector)), None)
            if chain is None:
                chain = Chain(lane, creator_id, setup)
                chains.append(chain)
            as_of, found = chain.advance(vector), r["value"]
            if found.get("as_of_source", "EVENT") == "IDLE":     # §0.1: advanced by the clock
                as_of = max(as_of, found["as_of"])
            if peer_tables is not None:
                setup.peers = peer_tables.get((found.get("tables") or {}).get("peers"), peer_tables.get(None))
            report.live += ((found.get("peers") or {}).get("source") == "STREAM")
            compare_score(report, chain.creator, as_of, found, r.get("offset"))
            if (vector, as_of) >= entries.get(creator_id, ((), 0))[:2]:
                entries[creator_id] = vector, as_of, peer_entry(chain.creator, as_of)
    return {creator_id: entry for creator_id, (_, _, entry) in entries.items()}


def compare_score(report, creator, as_of, found, offset):
    """All fields of one score record."""
    report.records += 1
    where, wanted = (creator.creator_id, offset), record_of(creator.values(as_of))
    compare_record(report, wanted, found, where)
    compare_tiers(report, wanted, found, where)


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


def check_states(report, stream, lanes, setup, entries=None):
    """Every creator's state after all inputs; where it is counted among peers is as of its newest score."""
    home = {creator: lane for lane in lanes.values() for creator in lane.creators}
    missing = set(home)
    for line in stream:
        found = json.loads(line)
        chain = Chain(home.get(found["creator"]) or Lane(), found["creator"], setup)
        chain.advance(EVERYTHING)
        missing.discard(found["creator"])
        compare_state(report, chain.creator.state(), found)
        if entries is not None:
            report.compare("state.peer", entries.get(found["creator"]), found["peer"], (found["creator"], "end"))
    for creator in sorted(missing):
        report.compare("state.creator", creator, None, (creator, "end"))


# Sections that are null as a whole; parts that have no peers; benchmarks, which are of 0 creators.
NEVER = ("audience", "estimate", "follower_growth", "peers", "authenticity.parts.*.peer", "peers.n")


def too_few(report, least):
    """Fields compared less often than that with a value that says something."""
    fields = {field: counts[1] for field, counts in report.fields.items() if field not in NEVER}
    few = {field: n for field, n in fields.items() if n < least}
    if least:
        print(f"{len(fields) - len(few)} of {len(fields)} fields compared {least} times or more with a value that is not trivial",
              *(f"  {field}: {n}" for field, n in few.items()), sep="\n")
    return few


def print_fields(report, least=0):
    """The table of fields; gives those compared too rarely."""
    for field, counts in sorted(report.fields.items()):
        share = 100 * counts[1] / counts[0]
        print(f"{field:48} {counts[0]:10} compared {counts[1]:10} non-trivial {share:5.1f} % {counts[2]:8} different")
    return too_few(report, least)


def print_result(report, least=0):
    """The table of fields, what no row names, and the last line."""
    few = print_fields(report, least)
    for name in sorted(report.unknown):
        print(f"{name}: without a reference")
    print(f"{report.live} records are compared with peers of the stream")
    compared, filled, different = report.sums()
    print(f"{report.records} records, {compared} compared, {filled} non-trivial, {different} differences")
    return 1 if different or not compared or few else 0


def secret_of(path):
    """16 bytes, raw or as 32 hex digits; None without a file."""
    if path is None:
        return None
    with open(path, "rb") as stream:
        data = stream.read()
    return data if len(data) == 16 else bytes.fromhex(data.decode().strip())


def setup_of(secret=None, emv=None, totals=(), peers=None):
    """(Setup, tables of peers) of the lists and tables of data/ and what an engine was given."""
    lay(load()[0])
    kinds = {platform: names.split(",") for platform, names in (one.split("=") for one in totals)}
    setup = Setup(here(Official()), secret_of(secret), totals=kinds, unit_values=unit_values(emv) if emv else None)
    return setup, tables(peers)


def main():
    """Arguments; exit 1 on differences or when nothing was compared."""
    parser = argparse.ArgumentParser(description="check published creator scores against the reference")
    parser.add_argument("--fields", action="store_true", help="no longer needed: counts per field are printed")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--states", help="NDJSON of the raw state of each creator after all inputs")
    parser.add_argument("--peers", help="NDJSON of the topic peer-tables")
    parser.add_argument("--secret", help="secret of the actors' hashes")
    parser.add_argument("--emv", help="table of unit values")
    parser.add_argument("--totals", action="append", default=[], metavar="PLATFORM=KIND,...", help="counting.totals")
    parser.add_argument("--least", type=int, default=0, metavar="N", help="fail where a field was compared non-trivially less often")
    parser.add_argument("files", nargs="*", metavar="FILE", help="SCORES INPUT...")
    arguments = parser.parse_args()
    if arguments.self_test:
        from selftest import self_test
        return self_test()
    if len(arguments.files) < 2:
        parser.error("SCORES and at least one INPUT are needed")
    setup, peer_tables = setup_of(arguments.secret, arguments.emv, arguments.totals, arguments.peers)
    lanes, report = load_inputs((open(name, "rb") for name in arguments.files[1:]), setup), Report()
    with open(arguments.files[0], "rb") as stream:
        entries = check_scores(report, stream, lanes, setup, peer_tables)
    if arguments.states:
        with open(arguments.states, "rb") as stream:
            check_states(report, stream, lanes, setup, entries)
    return print_result(report, arguments.least)


if __name__ == "__main__":
    sys.exit(main())
