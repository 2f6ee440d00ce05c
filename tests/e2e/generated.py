"""generated.py EVENTS TRUTH [--figures]: reads a generated stream again and compares what it says with the truth file: counters, posts,
every labelled fraud, order in time; with --figures also how the stream is distributed (docs/reference/generate.md).
Last line: `N passed, N failed`."""
import json
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from math import log
from statistics import median

KINDS = ["VIEW", "LIKE", "COMMENT", "SHARE", "SAVE", "CLICK", "PURCHASE", "FOLLOW"]
METRICS = dict(zip(KINDS, ["views", "likes", "comments", "shares", "saves"]))
MINUTE, HOUR, DAY = 60000, 3600000, 86400000
FUTURE, LATE = 5 * MINUTE, 92 * DAY
passed = failed = 0


def check(what, good, told=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(("ok    " if good else "FAIL  ") + what, told)


class Post:
    def __init__(self, value):
        self.first = self.last = value
        self.counts, self.metrics = Counter(), None
        self.comments = []  # (value, minutes after the post)


class Creator:
    def __init__(self):
        self.totals, self.posts, self.profiles = Counter(), {}, []

    def followers(self, at):
        """Of the last snapshot before, or of the first one."""
        i = bisect_right(self.profiles, at, key=lambda p: p["observed_at"])
        return self.profiles[max(0, i - 1)]["followers"]


def read(path):
    creators, before, ordered, n = defaultdict(Creator), 0, True, Counter()
    for line in open(path):
        event = json.loads(line)
        v, at = event["value"], event["timestamp"]
        ordered, before = ordered and at >= before, at
        n[event["topic"]] += 1
        c = creators[v["creator_id"]]
        if event["topic"] == "profiles":
            c.profiles.append(v)
        elif event["topic"] == "posts":
            post = c.posts.setdefault(v["post_id"], Post(v))
            post.last = v
            m = v.get("metrics")
            if m and (post.metrics is None or m["observed_at"] > post.metrics["observed_at"]):
                post.metrics = m
        elif v["occurred_at"] <= at + FUTURE:
            post = c.posts[v["post_id"]]
            own = v.get("actor_id") == v["creator_id"]
            if not own:
                c.totals[v["kind"]] += v["count"]
                if v["occurred_at"] >= at - LATE:
                    post.counts[v["kind"]] += v["count"]
            if v["kind"] == "COMMENT" and "comment" in v:
                post.comments.append((v, (v["occurred_at"] - post.first["posted_at"]) / MINUTE))
    check("records are in the order of time", ordered, dict(n))
    return creators


def totals_of(creator, truth):
    """What counts: for platforms that send totals the newest snapshot of each post."""
    totals = Counter(creator.totals)
    if truth["sends_totals"]:
        for kind, name in METRICS.items():
            totals[kind] = sum(p.metrics[name] for p in creator.posts.values() if p.metrics)
    return {kind: totals[kind] for kind in KINDS}


def share(flags):
    flags = list(flags)
    return sum(flags) / len(flags) if flags else 0


def deviation(values):
    values = list(values)
    mean = sum(values) / len(values)
    return (sum((x - mean) ** 2 for x in values) / len(values)) ** .5


def others(creator):
    return [v for p in creator.posts.values() for v, _ in p.comments if v.get("actor_id") != v["creator_id"]]


# ---- labels: each is found again in the events ----

def bought_followers(c, label):
    days = {p["observed_at"] // DAY: p["followers"] for p in c.profiles}
    before, after = days.get(label["day"] - 1), days.get(label["day"] + 1)
    return before is None or after is None or abs(after - before - label["followers"]) < .2 * label["followers"] + .05 * before


def bought_likes(c, label):
    touched, rest = ([p.counts["LIKE"] for i, p in c.posts.items() if (i in label["posts"]) == side] for side in (True, False))
    if label["pattern"] == "block":
        numbers = sorted(int(i.rsplit("p", 1)[1]) for i in label["posts"])
        if numbers and numbers != list(range(numbers[0], numbers[-1] + 1)):
            return False
    return len(touched) < 6 or len(rest) < 6 or median(touched) > median(rest)


def pod(c, label):
    members = set(label["members"])
    early = [share(v["actor_id"] in members and minutes <= 10 for v, minutes in p.comments)
             for i, p in c.posts.items() if i in label["posts"] and len(p.comments) >= 5]
    return 8 <= len(members) <= 30 and (not early or median(early) > .3)


def generic_comments(c, label):
    comments = others(c)
    return len(comments) < 40 or share(v["comment"]["words"] <= 2 for v in comments) > label["share"] - .12


def fake_audience(c, label):
    actors = [v["actor"] for v in others(c)]
    return len(actors) < 40 or share(a["following"] > 2 * a["followers"] for a in actors) > label["share"] - .15


def undisclosed(c, label):
    def likely(p):
        return not (p.first.get("sponsors") or p.first.get("disclosed")) and p.first.get("mentions") and "code" in p.first["text"]
    return all((i in label["posts"]) == bool(likely(p)) for i, p in c.posts.items())


LABELS = [bought_followers, bought_likes, pod, generic_comments, fake_audience, undisclosed]


def check_truth(creators, truths):
    check("truth names the creators of the events", creators.keys() == truths.keys(), len(truths))
    wrong = [i for i, t in truths.items() if totals_of(creators[i], t) != t["totals"]]
    check("counters equal the recount", not wrong, wrong[:3])
    wrong = [i for i, t in truths.items() if len(creators[i].posts) != t["posts"]]
    check("posts equal the recount", not wrong, wrong[:3])
    found = {f.__name__: f for f in LABELS}
    by_kind = defaultdict(list)
    for i, t in truths.items():
        for label in t["fraud"]:
            by_kind[label["kind"]].append((i, found[label["kind"]](creators[i], label)))
    for kind, results in sorted(by_kind.items()):
        check(f"{kind} as labelled", all(good for _, good in results), f"{len(results)} {[i for i, good in results if not good][:3]}")


# ---- figures: medians, with the 5th and the 95th percentile ----

def percentiles(values):
    values = sorted(values)
    return [values[min(len(values) - 1, int(q * len(values)))] for q in (.05, .5, .95)] if values else [0, 0, 0]


def within(what, values, wanted, slack=1.35, parts=(0, 1, 2)):
    """Each percentile within a factor of what was measured."""
    got = percentiles(values)
    good = all(wanted[i] / slack <= got[i] <= wanted[i] * slack for i in parts)
    check(what, good, f"{' '.join(f'{x:.4g}' for x in got)} wanted {' '.join(f'{x:.4g}' for x in wanted)} ({len(values)})")


def near(what, got, wanted, slack):
    check(what, abs(got - wanted) <= slack, f"{got:.4g} wanted {wanted:.4g}")


def figures(creators, truths):
    honest = {i: c for i, c in creators.items() if not truths[i]["fraud"] and not truths[i]["character"] and not truths[i]["sends_totals"]}
    end = max(p["observed_at"] for c in honest.values() for p in c.profiles)
    posts = [(c, p) for c in honest.values() for p in c.posts.values()]
    grown = [(c, p) for c, p in posts if p.first["posted_at"] < end - 5 * DAY]
    first = {i: c.profiles[0]["followers"] for i, c in honest.items()}
    for low, high, wanted in ((0, 1e4, .37), (1e4, 1e5, .47), (1e5, 1e6, .14), (1e6, 1e12, .02)):
        near(f"followers {low:.0g} to {high:.0g}", share(low <= f < high for f in first.values()), wanted, .06)
    sizes = [(0, 1e4, (.67, 4.1, 15.2), .042), (1e4, 1e5, (.51, 2.9, 10.2), .028), (1e5, 5e5, (.45, 2.5, 9.2), .013)]
    for low, high, rates, per_like in sizes:
        some = [c for i, c in honest.items() if low <= first[i] < high]
        rate = [100 * median((p.counts["LIKE"] + p.counts["COMMENT"]) / c.followers(p.first["posted_at"]) for p in old)
                for c in some for old in [[p for p in c.posts.values() if p.first["posted_at"] < end - 5 * DAY]] if len(old) > 3]
        within(f"engagement rate {low:.0g} to {high:.0g}", rate, rates, 1.6)
        ratio = [median(few) for c in some for few in [[p.counts["COMMENT"] / p.counts["LIKE"] for p in c.posts.values()
                 if p.counts["LIKE"] > 100 and p.first["posted_at"] < end - 30 * DAY]] if few and c.profiles[0]["platform"] != "TIKTOK"]
        near(f"comments per like {low:.0g} to {high:.0g}, of those seen", median(ratio) if ratio else 0, per_like, .4 * per_like)
    spread = [deviation(log(1 + max(0, p.counts["LIKE"])) for p in old) for c in honest.values()
              for old in [[p for p in c.posts.values() if p.first["posted_at"] < end - 5 * DAY]] if len(old) > 9]
    within("spread of log likes", spread, (.30, .59, 1.12), 1.5)
    comments = [(v, m) for _, p in grown for v, m in p.comments]
    within("words per comment", [v["comment"]["words"] for v, _ in comments if v["actor_id"] != v["creator_id"]], (1, 4, 19), 1.3)
    near("own replies among comments", share(v["actor_id"] == v["creator_id"] for v, _ in comments), .18, .04)
    old = [(v, m / 60) for _, p in posts if p.first["posted_at"] < end - 50 * DAY for v, m in p.comments]
    within("hours to a comment", [h for v, h in old if v["actor_id"] != v["creator_id"]], (.19, 15, 1176), 1.6, (0, 1))
    within("hours to an own reply", [h for v, h in old if v["actor_id"] == v["creator_id"]], (.06, 11, 196), 1.9)
    per_actor = Counter((i, v["actor_id"]) for i, c in honest.items() for v in others(c))
    times = Counter(min(n, 3) for n in per_actor.values())
    near("commenters who wrote once", times[1] / len(per_actor), .83, .04)
    near("commenters who wrote twice", times[2] / len(per_actor), .106, .03)
    tags = [len(p.first.get("tags", [])) for _, p in posts]
    within("hashtags per post", tags, (0, 3, 29), 1.4, (1, 2))
    near("posts with hashtags", share(n > 0 for n in tags), .68, .03)
    near("sponsored posts", share(bool(p.first.get("sponsors") or p.first.get("disclosed")) or "paid partnership" in p.first["text"]
                                  or "commerciale" in p.first["text"] for _, p in posts), .06, .015)
    gaps = [[(b - a) / DAY for a, b in zip(times, times[1:])] for c in honest.values()
            for times in [sorted(p.first["posted_at"] for p in c.posts.values())]]
    within("days between posts", [g for few in gaps for g in few[:12]], (.006, 3.9, 62), 2.2, (0, 1))
    variation = [deviation(few) / (sum(few) / len(few)) for few in gaps if len(few) > 19]
    within("variation of the interval", variation, (.84, 1.46, 2.78), 1.4)
    short = [p.counts for _, p in grown if p.first["format"] == "SHORT_VIDEO" and p.counts["VIEW"] > 20000]
    for kind, wanted in (("LIKE", .0535), ("SHARE", .0030), ("SAVE", .0025)):
        near(f"{kind} per view of short video", median(c[kind] / c["VIEW"] for c in short), wanted, .2 * wanted)
    niches = Counter(t["niche"] for t in truths.values())
    near("niche FASHION", niches["FASHION"] / len(truths), .41, .06)
    near("niche TRAVEL", niches["TRAVEL"] / len(truths), .14, .05)


def main():
    creators = read(sys.argv[1])
    truths = {t["creator_id"]: t for t in map(json.loads, open(sys.argv[2]))}
    check_truth(creators, truths)
    if "--figures" in sys.argv:
        figures(creators, truths)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
