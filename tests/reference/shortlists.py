"""§11, shortlists: the pairs that a prefix of fit-scores leaves, the ranking, the roster and what was delivered, all made again from it."""
from actors import Registers
from best import ranked
from common import round_score
from compare import EXACT, RATE, SCORE
from methodology import C
from roster import price_in, priced, roster, size
EXACTLY = {name: EXACT for name in "posts newest engagements clicks purchases value".split()}
PERFORMANCE = {**EXACTLY, **{name: RATE for name in "expected_engagements delivery cost cost_per_engagement cost_per_conversion".split()}}
ROW = {"creator_id": EXACT, "fit": SCORE, "confidence": RATE, "affinity": SCORE, "affinity_source": EXACT, "platform": EXACT, "tier": EXACT,
       "followers": EXACT, "authenticity": SCORE, "reach": RATE, "expected_engagements": RATE, "price": EXACT}
MEMBER = {"creator_id": EXACT, "marginal_reach": RATE, "exclusive_reach": RATE, "price": EXACT, "reach_so_far": RATE, "cost_so_far": EXACT}
WHOLE = {"per_slot": EXACT, "total_reach": RATE, "unduplicated_reach": RATE, "expected_frequency": RATE, "expected_engagements": RATE,
         "cost": EXACT, "reach_error": RATE}


def order(value):
    """Which of two records of a key counts."""
    return value["version"]["epoch"], value["version"]["offsets"], value["as_of"]


class Pairs:
    """One partition of fit-scores, applied record by record: sent again is dropped by its position, older than known is late; of who
    left nothing is known."""

    def __init__(self):
        self.known, self.met, self.ends, self.as_of = {}, {}, {}, 0

    def apply(self, record):
        """One record."""
        name, creator = record["key"].split("/", 1)
        value, pairs = record["value"], self.known.setdefault(name, {})
        lane, topic, *position = record["headers"]["microflux.position"].split()
        position = list(map(int, position))
        if position <= self.met.get((lane, topic), [-1]):
            return
        self.met[lane, topic], self.ends[name] = position, record["offset"] + 1
        if value is None:
            pairs.pop(creator, None)
            return
        self.as_of = max(self.as_of, value["as_of"])
        if creator not in pairs or order(value) >= order(pairs[creator]):
            pairs[creator] = value


def sketch(pair):
    """Registers of a pair, unpacked once."""
    if not isinstance(pair["actors"], Registers):
        pair["actors"] = Registers.unpacked(bytes.fromhex(pair["actors"] or ""))
    return pair["actors"]


def expected(pair, posts=1):
    """Engagements of so many posts; null where either is not known, or of no post."""
    return posts * pair["estimate"] * pair["followers"] if posts and pair["estimate"] is not None and pair["followers"] is not None else None


def share(part, whole):
    """Null without either, or of 0."""
    return part / whole if part is not None and whole else None


def performance(pair, of):
    """§11: delivered against expected; null where nothing was."""
    work, acts = pair["collaboration"], pair["delivered"]
    if not work and not acts:
        return None
    work, acts = work or {"posts": 0, "newest": None, "engagements": 0}, acts or {"clicks": 0, "purchases": 0, "value": {}}
    price = price_in(pair["price"], of)
    return whole_of({**work, "clicks": acts["clicks"], "purchases": acts["purchases"], "value": acts["value"]},
                    expected(pair, work["posts"]), price * work["posts"] if price and work["posts"] else None)


def whole_of(sums, hoped, cost):
    """Sums with what hangs on them."""
    return {**sums, "expected_engagements": hoped, "delivery": share(sums["engagements"], hoped), "cost": cost,
            "cost_per_engagement": share(cost, sums["engagements"]), "cost_per_conversion": share(cost, sums["purchases"])}


def together(rows):
    """Of all creators; expected and cost are null while one that has posts has none (0 of no post: Reading)."""
    rows = [row for row in rows if row]
    if not rows:
        return None
    sums = {name: sum(row[name] for row in rows) for name in ("posts", "engagements", "clicks", "purchases")}
    sums["newest"] = max((row["newest"] for row in rows if row["newest"] is not None), default=None)
    sums["value"] = {}
    for row in rows:
        for currency, n in row["value"].items():
            sums["value"][currency] = sums["value"].get(currency, 0) + n
    worked = [row for row in rows if row["posts"]]

    def added(name):
        """Null where one is."""
        return sum(row[name] for row in worked) if all(row[name] is not None for row in worked) else None
    return whole_of(sums, added("expected_engagements"), added("cost"))


def row_of(pair, of):
    """One of the ranking."""
    affinity = pair["affinity"] or {}
    return {"creator_id": pair["creator_id"], "fit": pair["score"], "confidence": pair["confidence"], "affinity": affinity.get("score", 0.0),
            "affinity_source": affinity.get("source", "LEXICON"), "platform": pair["platform"], "tier": pair["tier"], "followers": pair["followers"],
            "authenticity": pair["authenticity"], "reach": size(sketch(pair)), "expected_engagements": expected(pair), "price": pair["price"],
            "performance": performance(pair, of)}


def roster_of(pairs, of):
    """The roster with its curve."""
    budget = of.get("budget") or {}
    candidates = [{"creator_id": p["creator_id"], "fit": p["score"], "price": price_in(p["price"], of), "actors": sketch(p),
                   "estimate": p["estimate"], "followers": p["followers"]} for p in pairs]
    found, by_id = roster(candidates, budget.get("minor_units"), of.get("slots")), {c["creator_id"]: c for c in candidates}
    members, reach, cost = [], 0.0, 0
    for creator, new in zip(found["chosen"], found["marginal"]):
        price = by_id[creator]["price"]
        reach, cost = reach + new, cost + (price or 0)
        members.append({"creator_id": creator, "marginal_reach": new, "exclusive_reach": found["exclusive"][creator], "price": price,
                        "reach_so_far": reach, "cost_so_far": cost})
    return {**{name: found.get(name) for name in WHOLE}, "members": members, "per_slot": not priced(candidates),
            "expected_frequency": found["expected_frequency"] or 0.0, "reach_error": C["roster.error"]}


def shortlist(pairs, of):
    """What a campaign's pairs make under its terms."""
    passed = {c: p for c, p in pairs.items() if p["gate"] is None}
    ranking = [passed[creator] for creator, _ in ranked({c: p["score"] for c, p in passed.items()})]
    return {"passed": len(passed), "ranking": [row_of(p, of) for p in ranking], "roster": roster_of(ranking, of),
            "rejected": sorted((p["creator_id"], p["gate"]) for p in pairs.values() if p["gate"]),
            "performance": together([performance(p, of) for p in pairs.values()])}


def compare_rows(report, field, fields, ours, theirs, where):
    """Lists of records, one by one."""
    report.compare(field + ".length", len(ours), len(theirs), where)
    for mine, found in zip(ours, theirs):
        for name, kind in fields.items():
            report.compare(f"{field}.{name}", mine[name], found[name], where, kind)


def compare_performance(report, field, ours, theirs, where, left_out=()):
    """Null, or field by field."""
    report.compare(field, ours is not None, theirs is not None, where)
    for name, kind in PERFORMANCE.items() if ours and theirs else ():
        if name not in left_out:
            report.compare(f"{field}.{name}", ours[name], theirs[name], where, kind)


def compare_list(report, wanted, found, where, left_out=()):
    """All fields of a shortlist but its version and its changes; left_out: of the performance of all together."""
    compare_rows(report, "ranking", ROW, wanted["ranking"], found["ranking"], where)
    for mine, row in zip(wanted["ranking"], found["ranking"]):
        compare_performance(report, "ranking.performance", mine["performance"], row["performance"], where)
    compare_rows(report, "roster.members", MEMBER, wanted["roster"]["members"], found["roster"]["members"], where)
    for name, kind in WHOLE.items():
        report.compare(f"roster.{name}", wanted["roster"][name], found["roster"][name], where, kind)
    report.compare("passed", wanted["passed"], found["passed"], where)
    report.compare("rejected", wanted["rejected"], sorted((r["creator_id"], r["gate"]) for r in found["rejected"]), where)
    compare_performance(report, "performance", wanted["performance"], found["performance"], where, left_out)


def changes(before, now):
    """Who entered, left and moved between two shortlists."""
    then, ranks = ({row["creator_id"]: i + 1 for i, row in enumerate(told["ranking"])} for told in (before, now))
    was, chosen = ([m["creator_id"] for m in told["roster"]["members"]] for told in (before, now))
    gates = {row["creator_id"]: row["gate"] for row in now["rejected"]}
    return {"entered": [c for c in ranks if c not in then], "left": [(c, rank, gates.get(c)) for c, rank in then.items() if c not in ranks],
            "moved": sorted((c, then[c], rank) for c, rank in ranks.items() if c in then and then[c] != rank),
            "roster_entered": [c for c in chosen if c not in was], "roster_left": [c for c in was if c not in chosen]}


def told_changes(told):
    """The same as it is told."""
    return {**{name: told[name] for name in ("entered", "roster_entered", "roster_left")},
            "left": [(row["creator_id"], row["rank"], row["gate"]) for row in told["left"]],
            "moved": sorted((row["creator_id"], row["from"], row["to"]) for row in told["moved"])}


def compare_changes(report, told, seen, where):
    """Against the shortlist that first had the ranking and roster it names, where that one was published."""
    since = told["changes"] and seen.get(told["changes"]["since"]["offsets"])
    if since:
        found = told_changes(told["changes"])
        for name, wanted in changes(since, told).items():
            report.compare(f"changes.{name}", wanted, found[name], where)
    seen.setdefault(told["version"]["offsets"], told)


def check_lists(report, campaigns, fits, lists, live, each=1, left_out=()):
    """Every shortlist (or each so many), each of the prefix of fit-scores that it names; and that there is one of each campaign that is told of."""
    by_partition, last, n = {}, {}, 0
    for record in fits:
        by_partition.setdefault(record["partition"], []).append(record)
    for record in sorted(lists, key=lambda r: r["timestamp"]):
        last[record["key"]] = record["value"]
    told = [r for r in lists if r["value"]]
    for partition, records in by_partition.items():
        pairs, at, seen = Pairs(), 0, {}
        here = [r for r in told if r["value"]["source"]["partition"] == partition]
        for record in sorted(here, key=lambda r: (r["value"]["source"]["fit_scores"], r["offset"])):
            value = record["value"]
            while at < len(records) and records[at]["offset"] < value["source"]["fit_scores"]:
                pairs.apply(records[at])
                at += 1
            if record["offset"] % each == 0:
                check_list(report, pairs, campaigns, value, (record["key"], record["offset"]), left_out)
                n += 1
            compare_changes(report, value, seen.setdefault(record["key"], {}), (record["key"], record["offset"]))
        for record in records[at:]:
            pairs.apply(record)
        if told:
            check_last(report, pairs, last, live)
    return n


def check_list(report, pairs, campaigns, value, where, left_out=()):
    """One of them."""
    of = campaigns.get((value["campaign_id"], value["campaign"]["digest"]))
    if of is None:
        report.compare("campaign.digest", "a record of the campaign", value["campaign"]["digest"], where)
        return
    for name in ("brand", "budget", "slots"):
        report.compare(f"campaign.{name}", of.get(name), value["campaign"][name], where)
    report.compare("version.offsets", pairs.ends.get(value["campaign_id"]), value["version"]["offsets"], where)
    idle = value["as_of_source"] == "IDLE" and value["as_of"] >= pairs.as_of
    report.compare("as_of", pairs.as_of, pairs.as_of if idle else value["as_of"], where)
    compare_list(report, shortlist(pairs.known.get(value["campaign_id"], {}), of), value, where, left_out)


def check_last(report, pairs, last, live):
    """The last shortlist of each campaign names the last record of it that was applied; of one that ended there is none."""
    for name, end in pairs.ends.items():
        told = last.get(name)
        report.compare("end.shortlist", end if name in live else None, told and told["version"]["offsets"], (name, "end"))
