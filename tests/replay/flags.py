"""How often each flag of scoring.md §4 and §6 is raised: on real accounts nobody called false, and on generated fraud.

    flags.py stream ACCOUNTS.json > EVENTS    accounts with the likes and comments of each post, as the contract's records
    flags.py rates SCORES [RULE,...]          of creators with evidence for a rule; exit 1 when one is above 2 %
    flags.py windows ACCOUNTS.json            the reference's spread and step by how many of the newest posts are looked at
    flags.py recall TRUTH SCORES              flags by kind and strength of fraud (`microflux generate --truth`)

Each account is two creators: `live-N`, whose likes and comments come one record a post and kind, a quarter of an hour
after it (only the totals are known, so their timing says nothing), and `total-N`, met once, a day after its newest post and an hour
after its profile, with `post.metrics` (counting.totals=FACEBOOK:LIKE,COMMENT). Equal accounts count once. SCORES: `tail creator-scores
--format json`; of a creator's records the last one with evidence for the rule counts.
"""
import json
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))
from authenticity import likes_terms, wilson  # noqa: E402

MOST = 0.02
DAY, HOUR, QUARTER = 86400000, 3600000, 900000


def term(name):
    """What a term of the engagement part says; None without evidence."""
    return lambda r: next((t["value"] for t in r["terms"] if t["term"] == name), None)


# Each rule's flag, and the value that has to be there before it can be raised.
RULES = {"spread": term("spread"), "step": term("step"),
         "growth_spike": lambda r: (r["follower_growth"] or {}).get("z"),
         "generic_comments": term("generic"), "early_burst": term("early_burst"),
         "saturation": lambda r: r["content"]["saturation"],
         "pod_like": lambda r: None if None in (term("generic")(r), term("early_burst")(r)) else r["community"]["repeat_share"]}


def account(n, a):
    """(time, topic, value) of both creators of a row."""
    posts = sorted(zip(a["mediaUploadTimes"], a["mediaLikeNumbers"], a["mediaCommentNumbers"]))
    seen = posts[-1][0] * 1000 + DAY + HOUR
    for way, platform in (("live", "INSTAGRAM"), ("total", "FACEBOOK")):
        who = {"creator_id": f"{way}-{n}"}
        yield seen, "profiles", {**who, "platform": platform, "observed_at": seen, "followers": a["userFollowerCount"],
                                 "following": a["userFollowingCount"], "posts": a["userMediaCount"]}
        for i, (second, likes, comments) in enumerate(posts):
            at = second * 1000
            post = {**who, "post_id": f"{n}-{i}", "posted_at": at}
            if way == "total":
                yield seen + HOUR, "posts", {**post, "metrics": {"observed_at": seen + HOUR, "likes": likes, "comments": comments}}
                continue
            yield at, "posts", post
            for kind, count in (("LIKE", likes), ("COMMENT", comments)):
                if count:
                    yield at + QUARTER, "interactions", {**who, "post_id": post["post_id"], "kind": kind, "count": count,
                                                         "occurred_at": at + QUARTER}


def accounts(path):
    """Equal ones once, those without a post not at all."""
    rows = {json.dumps(row, sort_keys=True): row for row in json.load(open(path))}.values()
    return [row for row in rows if row["mediaUploadTimes"]]


def stream(path):
    events = [event for n, row in enumerate(accounts(path)) for event in account(n, row)]
    for at, topic, value in sorted(events, key=lambda event: event[0]):
        print(json.dumps({"topic": topic, "timestamp": at, "value": value}, separators=(",", ":")))


# What is no flag but moves a score or closes a gate: the value, and from where on it does.
SIGNALS = {"audience": (lambda r: (r["audience"] or {}).get("suspicious_share"), .20),
           "undisclosed": (lambda r: r["content"]["undisclosed_share"], .10)}
SIZES = (0, 300, 1000, 10_000, 100_000, 1 << 62)


def evidence(record):
    """(rule, value, raised) of a record, where there is a value."""
    flags = [flag["name"] for flag in record["flags"]]
    for rule, value in RULES.items():
        if value(record) is not None:
            yield rule, value(record), rule in flags
    for name, (value, above) in SIGNALS.items():
        if value(record) is not None:
            yield name, value(record), value(record) > above


def newest(path):
    """{creator: {rule: value, raised, followers of its last record with evidence}}."""
    found = defaultdict(dict)
    for line in open(path):
        record = json.loads(line)["value"]
        if record:
            found[record["creator_id"]].update({rule: (value, raised, record["followers"] or 0)
                                                for rule, value, raised in evidence(record)})
    return found


def percent(part, whole):
    low, high = wilson(part / whole, whole, 1.96)
    return f"{100 * part / whole:.1f} % ({100 * max(0, low):.1f} to {100 * high:.1f})"


def row(name, seen):
    """One line of the table; True where the rate is over what a rule may have."""
    n, over = sum(raised for _, raised, _ in seen), sum(raised for _, raised, _ in seen) > MOST * len(seen)
    print(f"| {name} | {len(seen)} | {n} | {percent(n, len(seen))} | {seen[int(.98 * len(seen))][0]:.3f} | {'over 2 %' if over else ''} |")
    return over


def rates(path, rules=",".join(RULES)):
    creators, over = newest(path), 0
    ways = ("live", "total") if any(name.startswith("total-") for name in creators) else ("",)
    print("| flag | with evidence | flagged | rate (95 %) | 98th percentile of the value | |\n|---|---|---|---|---|---|")
    for rule in rules.split(","):
        for way in ways:
            seen = sorted(rows[rule] for name, rows in creators.items() if name.startswith(way) and rule in rows)
            if not seen:
                print(f"| {rule} | 0 | | nothing to go by | | |")
                continue
            over += row(f"**{rule}**{way and ', ' + way}", seen)
            sizes = [[found for found in seen if low <= found[2] < high] for low, high in zip(SIZES, SIZES[1:])]
            for low, some in zip(SIZES, sizes) if way != "total" else ():
                if len(some) >= 20:
                    row(f"{rule}, followers from {low:,}", some)
    return over > 0


def windows(path):
    print("| newest posts looked at | accounts | spread over 1.00 | step over 1.44 |\n|---|---|---|---|")
    for most in (32, 64, 128, 1 << 62):
        found = []
        for row in accounts(path):
            posts = sorted(zip(row["mediaUploadTimes"], row["mediaLikeNumbers"], row["mediaCommentNumbers"]))[-most:]
            if len(posts) >= 20:
                found.append(likes_terms([likes for _, likes, _ in posts], [comments for _, _, comments in posts]))
        spread, step = (sum(terms[name] > above for terms in found) for name, above in (("spread", 1.00), ("step", 1.44)))
        print(f"| {most if most < 1 << 62 else 'all'} | {len(found)} | {percent(spread, len(found))} | {percent(step, len(found))} |")


# The strength of a fraud: what the truth file says of it, and where its classes end.
STRENGTH = {"bought_likes": ("factor", (2, 3.5)), "bought_followers": ("gain", (.5, 1)), "generic_comments": ("share", (.8, .9)),
            "fake_audience": ("share", (.45, .6)), "undisclosed": ("share", (.35, .5)), "pod": ("members", (15, 23))}


def gain(now, fraud):
    """Followers bought, by those there were."""
    return fraud["followers"] / max(1, now - fraud["followers"] * (1 - fraud["lost"]))


def labels(truth):
    """(kind, class) of a creator's frauds; honest ones have one, too."""
    for fraud in truth["fraud"] or [{"kind": "none"}]:
        kind = fraud["kind"]
        if kind == "none":
            yield kind, ""
            continue
        name, edges = STRENGTH[kind]
        value = gain(truth["followers"], fraud) if name == "gain" else fraud[name] if name != "members" else len(fraud[name])
        low, high = ((None, *edges)[sum(value >= e for e in edges)], (*edges, None)[sum(value >= e for e in edges)])
        size = f"{name} below {high}" if low is None else f"{name} from {low}" + (f" to {high}" if high else "")
        yield kind + (", " + fraud["pattern"] if "pattern" in fraud else ""), size


def recall(truth, path):
    creators, groups = newest(path), defaultdict(list)
    for line in open(truth):
        t = json.loads(line)
        for label in labels(t):
            groups[label].append(creators.get(t["creator_id"], {}))
    rules = (*RULES, *SIGNALS)
    print("| fraud | strength | creators | " + " | ".join(rules) + " |\n|---|---|---|" + "---|" * len(rules))
    for (kind, size), mine in sorted(groups.items()):
        cells = []
        for rule in rules:
            seen = [rows[rule][1] for rows in mine if rule in rows]
            cells.append(f"{sum(seen)}/{len(seen)}" if seen else "–")
        print(f"| {kind} | {size} | {len(mine)} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    sys.exit({"stream": stream, "rates": rates, "windows": windows, "recall": recall}[sys.argv[1]](*sys.argv[2:]))
