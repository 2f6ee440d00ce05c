"""recount.py EVENTS STATES [TIMES=1] [--fields]: counts EVENTS (what `produce` sent, in order) again in plain Python by scoring.md 0.1 and compares
every creator of STATES (`state --all`): totals, hour and day buckets, the posts of the ring with their counters, profile days.
TIMES: how often the file was sent. FACEBOOK sends totals (`post.metrics`).
recount.py --dead EVENTS LETTERS TIMES: dead letters of amounts beyond 10^12, one for each record sent that has one, and no other such."""
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))
from text import here  # noqa: E402  the words of disclosure, read in Python

WORDS = here()

KINDS = ["VIEW", "LIKE", "COMMENT", "SHARE", "SAVE", "CLICK", "PURCHASE", "FOLLOW"]
FIELDS = dict(zip(KINDS, ["views", "likes", "comments", "shares", "saves", "clicks", "purchases", "follows"]))
HOUR, DAY, FUTURE, LATE, MOST = 3600000, 86400000, 300000, 92 * 86400000, 10 ** 12
BY_TOTALS = {"FACEBOOK": KINDS[:5]}


def amounts(value):
    """Every whole number in a record but its times."""
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from amounts(inner)
        elif isinstance(inner, int) and not name.endswith("_at"):
            yield inner


def too_much(value):
    return any(abs(n) > MOST for n in amounts({name: inner for name, inner in value.items() if name != "comment"}))


class Creator:
    """What must be in Redis of one creator."""

    def __init__(self):
        self.totals = Counter()
        self.hours, self.days = {}, {}  # slot -> [bucket, Counter]
        self.posts = {}  # id -> newest record
        self.post_counts = defaultdict(Counter)
        self.profile_days = {}  # day -> (observed_at, order, record)
        self.told = {}  # post -> (observed_at, totals) of its newest snapshot
        self.platform = None

    def count(self, ring, span, bucket, what, n):
        slot = ring.setdefault(bucket % span, [bucket, Counter()])
        if slot[0] < bucket:
            slot[:] = [bucket, Counter()]
        if slot[0] == bucket:
            slot[1][what] += n

    def interaction(self, r, times, timestamp):
        if r["kind"] not in FIELDS or r["occurred_at"] > timestamp + FUTURE:
            return
        if r["kind"] == "COMMENT" and r.get("actor_id") == r["creator_id"]:
            return
        if r["kind"] in BY_TOTALS.get(self.platform, ()):
            return
        n = r.get("count", 1) * times
        self.totals[r["kind"]] += n
        if r["occurred_at"] < timestamp - LATE:
            return
        self.count(self.hours, 48, r["occurred_at"] // HOUR, r["kind"], n)
        self.count(self.days, 92, r["occurred_at"] // DAY, r["kind"], n)
        if r.get("post_id"):
            self.post_counts[r["post_id"]][r["kind"]] += n

    def snapshot(self, r, timestamp):
        """The difference to the newest snapshot known; what was told once is not told again by the next time the file is sent."""
        metrics = r.get("metrics")
        at, before = self.told.get(r["post_id"], (0, {}))
        if not metrics or not at <= metrics["observed_at"] <= timestamp + FUTURE:
            return
        now = {kind: metrics[FIELDS[kind]] for kind in BY_TOTALS.get(self.platform, ()) if metrics.get(FIELDS[kind]) is not None}
        for kind, total in now.items():
            change = total - before.get(kind, 0)
            self.totals[kind] += change
            self.count(self.hours, 48, metrics["observed_at"] // HOUR, kind, change)
            self.count(self.days, 92, metrics["observed_at"] // DAY, kind, change)
            self.post_counts[r["post_id"]][kind] += change
        self.told[r["post_id"]] = (metrics["observed_at"], {**before, **now})

    def post(self, r):
        sponsored = bool(r.get("sponsors") or r.get("disclosed") or WORDS.post(r).disclosed)
        before = self.posts.get(r["post_id"])
        day = r["posted_at"] // DAY
        if before is None:
            self.count(self.days, 92, day, "posts", 1)
        if sponsored != (before is not None and before["sponsored"]):
            self.count(self.days, 92, day, "sponsored", 1 if sponsored else -1)
        self.posts[r["post_id"]] = {"posted_at": r["posted_at"], "sponsored": sponsored, "deleted": r.get("deleted", False)}

    def profile(self, r, order):
        day = r["observed_at"] // DAY
        self.platform = r["platform"]
        if (r["observed_at"], order) >= self.profile_days.get(day, (0, 0))[:2]:
            self.profile_days[day] = (r["observed_at"], order, r)

    def ring(self):
        newest = sorted(self.posts, key=lambda p: (self.posts[p]["posted_at"], p.encode()), reverse=True)[:32]
        return [(p, self.posts[p], self.post_counts[p]) for p in newest]


def read(path, times):
    creators = defaultdict(Creator)
    for order, line in enumerate(open(path)):
        event = json.loads(line)
        r, ts = event["value"], event["timestamp"]
        if too_much(r):
            continue
        c = creators[r["creator_id"]]
        if event["topic"] == "interactions":
            c.interaction(r, times, ts)
        elif event["topic"] == "posts":
            c.post(r)
            c.snapshot(r, ts)
        else:
            c.profile(r, order)
    return creators


class Comparison:
    def __init__(self):
        self.compared = Counter()
        self.nontrivial = Counter()
        self.differences = 0

    def __call__(self, creator, field, wanted, found):
        self.compared[field] += 1
        self.nontrivial[field] += wanted not in (0, None, False)
        if wanted != found:
            self.differences += 1
            if self.differences <= 20:
                print(f"creator {creator}: {field} wanted {wanted}, found {found}")


def compare_ring(check, name, what, ring, found, fields):
    wanted = {bucket: counts for bucket, counts in ring.values()}
    got = {b["at"]: b for b in found}
    check(name, what, sorted(wanted), sorted(got))
    for bucket in wanted.keys() & got.keys():
        for field in fields:
            check(name, f"{what}.{field}", wanted[bucket][field], got[bucket].get(field, 0))


def compare(check, name, c, state):
    for kind in KINDS:
        check(name, f"totals.{kind}", c.totals[kind], state["totals"][kind])
    compare_ring(check, name, "hours", c.hours, state["hours"], KINDS)
    compare_ring(check, name, "days", c.days, state["days"], KINDS + ["posts", "sponsored"])
    ring = c.ring()
    check(name, "posts", [p for p, _, _ in ring], [p["post_id"] for p in state["posts"]])
    for (_, post, counts), found in zip(ring, state["posts"]):
        for kind in KINDS:
            check(name, f"posts.{FIELDS[kind]}", counts[kind], found[FIELDS[kind]])
        for field in ("posted_at", "sponsored", "deleted"):
            check(name, f"posts.{field}", post[field], found[field])
    kept = sorted(c.profile_days)[-40:]
    check(name, "profile_days", kept, [d["day"] for d in state["profile_days"]])
    for day, found in zip(kept, state["profile_days"]):
        check(name, "profile_days.followers", c.profile_days[day][2]["followers"], found["followers"])


def dead(events, letters, times):
    """As many letters, by place, as were sent; a letter may come twice, its place tells."""
    wanted = times * sum(too_much(json.loads(line)["value"]) for line in open(events))
    headers = [json.loads(line)["headers"] for line in open(letters)]
    found = {tuple(h["microflux.error." + name] for name in ("topic", "partition", "offset")) for h in headers
             if h["microflux.error.code"] == "bad_number"}
    others = {h["microflux.error.code"] for h in headers} - {"bad_number", "future"}
    print(f"{wanted} records with such an amount, {len(found)} dead letters of them" + "".join(f", {other}" for other in others))
    return wanted == 0 or wanted != len(found) or others


def main():
    if sys.argv[1] == "--dead":
        return dead(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    creators = read(sys.argv[1], int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    states = {s["creator"]: s for s in map(json.loads, open(sys.argv[2]))}
    check = Comparison()
    check("all", "creators", sorted(creators), sorted(states))
    for name in sorted(creators.keys() & states.keys()):
        compare(check, name, creators[name], states[name])
    if "--fields" in sys.argv:
        for field, n in sorted(check.compared.items()):
            print(f"{field:24} {n:9} compared {check.nontrivial[field]:9} non-trivial")
    total, some = sum(check.compared.values()), sum(check.nontrivial.values())
    print(f"{total} compared, {some} non-trivial, {check.differences} differences")
    return check.differences > 0 or some == 0


if __name__ == "__main__":
    sys.exit(bool(main()))
