"""Independent reference of scoring.md, sections 0 to 2, standard library only.

A `Creator` takes records (`apply`) and gives the published fields as of an event time (`values`) and the raw
state (`state`). It follows the page, not the engine; where the page leaves a choice, see `Reading:`.
"""
from bisect import bisect_right, insort
from collections import namedtuple
from math import exp, log, sqrt
from statistics import median
from typing import NamedTuple

HOUR, DAY = 3_600_000, 86_400_000
YEAR_2000 = 946_684_800_000
MAX_FUTURE = 5 * 60_000                      # §0.1, default of `max_future`
LATE = 92 * DAY                              # §0.1, before the record's own Kafka timestamp
HOURS, DAYS, POSTS, PROFILE_DAYS = 48, 92, 32, 40
PLACEHOLDERS, PLACEHOLDER_AGE, NEWEST, ENOUGH = 8, 24 * HOUR, 12, 5      # the last two: §2, of a median
KINDS = ("VIEW", "LIKE", "COMMENT", "SHARE", "SAVE", "CLICK", "PURCHASE", "FOLLOW")
COUNTERS = ("views", "likes", "comments", "shares", "saves", "clicks", "purchases", "follows")
TOPICS = ("profiles", "posts", "interactions")
WINDOWS = (("last_24h", DAY), ("last_7d", 7 * DAY), ("last_30d", 30 * DAY), ("last_90d", 90 * DAY))
ID_FIELDS = ("creator_id", "post_id", "actor_id")
TIME_FIELD = {"profiles": "observed_at", "posts": "posted_at", "interactions": "occurred_at"}


# Records (§0.1): the fields that sections 0 to 2 use; kind is an index of KINDS.
Profile = namedtuple("Profile", "offset timestamp time followers following posts platform")
PostRecord = namedtuple("PostRecord", "offset timestamp time post_id format sponsored deleted")
Interaction = namedtuple("Interaction", "offset timestamp time kind count post_id own_comment late")


def classify(topic, timestamp, value, key=None):
    """§0.1: 'applied', 'late', 'future', 'other' or 'rejected' for one input record."""
    if value is None or not value.get("creator_id") or (key is not None and key != value["creator_id"]):
        return "rejected"
    if any(value.get(name) == "" for name in ID_FIELDS) or (topic == "posts" and not value.get("post_id")):
        return "rejected"
    time = value[TIME_FIELD[topic]]
    if time < YEAR_2000 or (topic == "profiles" and value["followers"] < 0):
        return "rejected"
    if time > timestamp + MAX_FUTURE:
        return "future"
    if topic != "interactions":
        return "applied"
    if value.get("kind", "OTHER") not in KINDS:
        return "other"
    return "late" if timestamp - time > LATE else "applied"


def compact(topic, offset, timestamp, value, status):
    """A record that counts ('applied' or 'late') as a small tuple."""
    time = value[TIME_FIELD[topic]]
    if topic == "profiles":
        return Profile(offset, timestamp, time, value["followers"], value.get("following"),
                       value.get("posts"), value.get("platform", "OTHER"))
    if topic == "posts":
        sponsored = bool(value.get("disclosed") or value.get("sponsors"))           # §8, official
        return PostRecord(offset, timestamp, time, value["post_id"], value.get("format", "OTHER"), sponsored,
                          bool(value.get("deleted")))
    own = value["kind"] == "COMMENT" and value.get("actor_id") == value["creator_id"]
    return Interaction(offset, timestamp, time, KINDS.index(value["kind"]), value.get("count", 1),
                       value.get("post_id"), own, status == "late")


class Steps(NamedTuple):
    """A table of tiers or bands: names[i + 1] starts at starts[i] followers; edges[i] lies between them."""
    names: tuple
    starts: tuple
    edges: tuple

    def plain(self, followers):
        """Index of the plain table, no hysteresis."""
        return bisect_right(self.starts, followers)


def _same(names, edges):
    """Every step starts at its edge."""
    return Steps(names, edges, edges)


SCHEMES = {
    "default": Steps(("NONE", "MICRO", "MACRO", "MEGA"), (1000, 100_001, 1_000_001),
                     (1000, 100_000, 1_000_000)),
    # Reading: lower ends are included; below the first step is NONE; hysteresis at each of their edges.
    "stim": _same(("NONE", "NANO", "MICRO", "MID", "MACRO", "MEGA"),
                  (1000, 10_000, 50_000, 500_000, 1_000_000)),
    "later": _same(("NONE", "MICRO", "MID", "MACRO", "MEGA"), (10_000, 100_000, 500_000, 1_000_000)),
    "hypeauditor": _same(("NONE", "NANO", "MICRO", "MID", "MACRO", "MEGA"),
                         (1000, 5000, 20_000, 100_000, 1_000_000)),
}
BANDS = _same(("1K", "10K", "50K"), (10_000, 50_000))


class Position(NamedTuple):
    """Where a fold stands: the step, since when, and the run of snapshots beyond its edge, if any."""
    step: int
    since: int
    direction: int = 0
    crossing: int = 0


def climb(steps, position, followers, at):
    """§1, hysteresis: one snapshot of the fold; position None = before the first one."""
    plain = steps.plain(followers)
    if position is None:
        return Position(plain, at)
    step, since, old_direction, old_crossing = position
    direction = (plain > step) - (plain < step)
    if direction == 0:
        return Position(step, since)
    crossing = old_crossing if old_direction == direction else at
    edge = steps.edges[step if direction > 0 else step - 1]
    far = 100 * followers > 102 * edge if direction > 0 else 100 * followers < 98 * edge
    if far:                                      # Reading: the first rule wins where both decide
        return Position(plain, at)
    if at - crossing >= 7 * DAY:
        return Position(plain, crossing + 7 * DAY)
    return Position(step, since, direction, crossing)


def fold(state, followers, at):
    """One snapshot for all schemes and the bands; state is {scheme or 'band': Position} or None (§1)."""
    new = {name: climb(steps, state and state[name], followers, at) for name, steps in SCHEMES.items()}
    entered = not state or state["default"].step != new["default"].step
    new["band"] = climb(BANDS, None if entered else state["band"], followers, at)
    return new


def tiers(state):
    """The published list of tiers: scheme default first; a tier without bands is its own band (§1)."""
    entries = []
    for scheme, steps in SCHEMES.items():
        name = steps.names[state[scheme].step]
        banded = scheme == "default" and name == "MICRO"
        band = BANDS.names[state["band"].step] if banded else name
        entries.append({"scheme": scheme, "tier": name, "band": band, "since": state[scheme].since})
    return entries


def round_rate(x):
    """§0: rates are rounded to 1e-7."""
    return None if x is None else round(x, 7)


def estimate(series, peer_median=None):
    """§2, `engagement_rate_estimate`, unrounded; series = (engagements, followers), newest first."""
    if not series:
        return None
    weights = [2 ** (-i / 2) for i in range(len(series))]
    logs = [log((engagements + 0.5) / max(followers, 1)) for engagements, followers in series]
    total = sum(weights)
    m = sum(w * x for w, x in zip(weights, logs)) / total
    n_eff = total * total / sum(w * w for w in weights)
    b = m if peer_median is None else log(peer_median)
    rate = exp((n_eff * m + 0.3 * b) / (n_eff + 0.3))
    factor = exp(1.28 * 0.58 / sqrt(n_eff) + 0.15)
    return {"estimate": rate, "low": rate / factor, "high": rate * factor, "m": m, "n_eff": n_eff,
            "confidence": n_eff / (n_eff + 1)}


def median_rate(rates):
    """§2: the median of the newest 12 (rates are newest first), null below 5; and how many are in it."""
    rates = rates[:NEWEST]
    return (round_rate(median(rates)) if len(rates) >= ENOUGH else None), len(rates)


def counts_record(columns):
    """§0.1: each published kind clamped at 0, then added up to the engagements."""
    columns = [max(0, n) for n in columns[:8]]
    record = dict(zip(COUNTERS, columns))
    record["engagements"] = sum(columns[1:5])
    return record


def column_sums(rows):
    """Sums over buckets of 10 columns: 8 kinds, posts, sponsored."""
    return [sum(column) for column in zip(*rows)] if rows else [0] * 10


class Post:
    """A post of the ring, or a placeholder of one (posted_at None), §0.1."""
    __slots__ = ("post_id", "posted_at", "counts", "followers", "followers_late", "followers_day", "fixed",
                 "format", "sponsored", "deleted", "day", "opened")

    def __init__(self, post_id, opened):
        self.post_id, self.opened = post_id, opened
        self.posted_at = self.followers = self.followers_day = self.format = self.day = None
        self.counts = [0] * 8
        self.followers_late = self.fixed = self.sponsored = self.deleted = False

    def engagements(self):
        """Likes + comments + shares + saves, each clamped at 0."""
        _, likes, comments, shares, saves, *_ = self.counts
        return max(0, likes) + max(0, comments) + max(0, shares) + max(0, saves)


class Creator:
    """State and values of one creator (§0.1 to §2)."""

    def __init__(self, creator_id):
        self.creator_id = creator_id
        self.as_of = 0                           # largest event time applied, or the lane's when given
        self.next_offset = dict.fromkeys(TOPICS, 0)
        self.metrics = dict.fromkeys("applied late future other rejected expired refused".split(), 0)
        self.totals = [0] * 8
        self.hours, self.days = {}, {}           # slot -> [start of the bucket, columns]
        self.posts, self.order = {}, []          # with a record; order: (posted_at, post_id), oldest first
        self.placeholders = {}
        self.profile_days = {}                   # day -> Profile, oldest first
        self.base = self.tier_state = None       # folds of §1: over the days that left; over all days

    def apply(self, topic, offset, timestamp, value, lane_as_of=None, key=None):
        """One input record; lane_as_of is the as_of of the lane before it (default: of this creator)."""
        status = classify(topic, timestamp, value, key)
        self.metrics[status] += 1
        if status in ("applied", "late"):
            self.take(topic, compact(topic, offset, timestamp, value, status), lane_as_of)
        return status

    def take(self, topic, record, lane_as_of=None):
        """A record that counts: moves as_of and the version, also when late (Reading)."""
        self.as_of = max(self.as_of, record.time, lane_as_of or 0)
        self.next_offset[topic] = max(self.next_offset[topic], record.offset + 1)
        self.expire()
        if topic == "profiles":
            self._profile(record)
        elif topic == "posts":
            self._post(record)
        elif not record.own_comment:             # §6: own comments count nowhere else
            self._interaction(record)
        elif not record.late and record.post_id is not None:
            self._find(record)                   # Reading: own replies are a trait, so open one too

    def expire(self):
        """§0.1: placeholders older than 24 h leave. Reading: age since the as_of they were opened at."""
        for post_id in [k for k, p in self.placeholders.items() if self.as_of - p.opened > PLACEHOLDER_AGE]:
            del self.placeholders[post_id]
            self.metrics["expired"] += 1

    @staticmethod
    def _slot(ring, size, length, time):
        """§0.1: columns of the bucket of `time`, None when its slot belongs to a newer bucket."""
        index = time // length
        slot = ring.get(index % size)
        if slot is None or slot[0] < index * length:
            slot = ring[index % size] = [index * length, [0] * 10]
        return slot[1] if slot[0] == index * length else None

    def _interaction(self, record):
        """§0.1: totals; if not late also hours, days and the post's counters."""
        self.totals[record.kind] += record.count
        if record.late:
            return
        for ring, size, length in ((self.hours, HOURS, HOUR), (self.days, DAYS, DAY)):
            columns = self._slot(ring, size, length, record.time)
            if columns is not None:
                columns[record.kind] += record.count
        post = self._find(record) if record.post_id is not None else None
        if post is not None:                     # Reading: a deleted post's counts go on, hidden
            post.counts[record.kind] += record.count

    def _find(self, record):
        """The post of an interaction, or a placeholder, opened if allowed (§0.1)."""
        post = self.posts.get(record.post_id) or self.placeholders.get(record.post_id)
        if post is not None:
            return post
        if len(self.order) == POSTS and record.time < self.order[0][0]:
            return None                          # Reading: older than the oldest post of a full ring
        if len(self.placeholders) == PLACEHOLDERS:
            self.metrics["refused"] += 1         # Reading: the ninth is not opened
            return None
        post = self.placeholders[record.post_id] = Post(record.post_id, self.as_of)
        return post

    def _post(self, record):
        """§0.1: a new post enters the ring unless too old for it; a known one is replaced."""
        place = (record.time, record.post_id)
        post = self.posts.get(record.post_id)
        if post is None:
            post = self.placeholders.pop(record.post_id, None)
            if len(self.order) == POSTS and place < self.order[0]:
                return                           # too old on arrival: not counted
            post = self.posts[record.post_id] = post or Post(record.post_id, self.as_of)
            post.day = record.time               # counted there once (Reading: also if posted_at moves)
            insort(self.order, place)
            self._count_post(post, 8, 1)
        elif post.posted_at != record.time:
            self.order.remove((post.posted_at, record.post_id))
            insort(self.order, place)
            post.fixed = False
        first, post.posted_at = post.posted_at is None, record.time
        post.format, post.deleted = record.format, record.deleted
        if first or not record.deleted:          # Reading: a deletion leaves the sponsored state as it was
            self._count_post(post, 9, record.sponsored - post.sponsored)
            post.sponsored = record.sponsored
        self._followers_of_all()
        if len(self.order) > POSTS:
            del self.posts[self.order.pop(0)[1]]

    def _count_post(self, post, column, change):
        """§0.1: posts and sponsored posts of a day."""
        columns = self._slot(self.days, DAYS, DAY, post.day) if change else None
        if columns is not None:
            columns[column] += change

    def _profile(self, record):
        """§0.1: the last snapshot of each day by (observed_at, offset); §1: the fold over the kept days."""
        day, days = record.time // DAY, self.profile_days
        kept = days.get(day)
        if kept is not None and (kept.time, kept.offset) > (record.time, record.offset):
            return
        if len(days) == PROFILE_DAYS and day < next(iter(days)):
            return                               # Reading: older than the 40 kept days: no trace in the base
        appended = not days or day > next(reversed(days))
        days[day] = record
        if kept is None and not appended:
            self.profile_days = days = dict(sorted(days.items()))
        self._followers_of_all()
        if len(days) > PROFILE_DAYS:
            oldest = next(iter(days))
            self.base = fold(self.base, days[oldest].followers, days.pop(oldest).time)
            for post in self.posts.values():
                post.fixed = post.fixed or post.followers_day == oldest
        if appended:                             # the fold so far and one step more
            self.tier_state = fold(self.tier_state, record.followers, record.time)
            return
        self.tier_state = self.base
        for snapshot in days.values():
            self.tier_state = fold(self.tier_state, snapshot.followers, snapshot.time)

    def _followers_of_all(self):
        """§2, followers at post time: of the newest kept day not after it, else the earliest later one."""
        snapshots = list(self.profile_days.values())
        times = [s.time for s in snapshots]
        for post in self.posts.values() if snapshots else ():
            if not post.fixed:
                i = bisect_right(times, post.posted_at)
                chosen = snapshots[max(i - 1, 0)]
                post.followers, post.followers_late = chosen.followers, i == 0
                post.followers_day = chosen.time // DAY

    def values(self, as_of=None):
        """The fields of creator-score.avsc as of an event time; estimate without a peer table."""
        as_of = self.as_of if as_of is None else as_of
        newest = next(reversed(self.profile_days.values())) if self.profile_days else None
        return {"creator_id": self.creator_id, "version": {"offsets": sum(self.next_offset.values())},
                "platform": newest and newest.platform, "followers": newest and newest.followers,
                "as_of": as_of, "tiers": tiers(self.tier_state) if self.tier_state else [],
                **self._window_values(as_of), **self._post_values(as_of)}

    def _window_values(self, as_of):
        """§2: buckets that start after as_of − window; velocity."""
        record = {"totals": counts_record(self.totals)}
        for name, length in WINDOWS:
            ring = self.hours if length == DAY else self.days
            columns = column_sums([c for at, c in ring.values() if at > as_of - length])
            record[name] = counts_record(columns)
        record["posts_90d"], record["sponsored_90d"] = columns[8:]
        week = record["last_7d"]["engagements"]
        record["velocity"] = round_rate(record["last_24h"]["engagements"] / (week / 7)) if week > 0 else None
        return record

    def mature_organic(self, as_of):
        """§2: ≥ 24 h and ≤ 90 d old, not sponsored, not deleted, followers known; newest first."""
        posts = (self.posts[post_id] for _, post_id in reversed(self.order))
        return [p for p in posts if DAY <= as_of - p.posted_at <= 90 * DAY and not p.sponsored
                and not p.deleted and p.followers is not None]

    def _post_values(self, as_of):
        """§2: the three medians and the estimate."""
        posts = self.mature_organic(as_of)
        series = [(p.engagements(), p.followers) for p in posts]
        rate, n = median_rate([e / max(f, 1) for e, f in series])
        rate_lc, _ = median_rate([(max(0, p.counts[1]) + max(0, p.counts[2])) / max(p.followers, 1)
                                  for p in posts])
        rate_v, n_v = median_rate([e / p.counts[0] for p, (e, _) in zip(posts, series) if p.counts[0] > 0])
        inner = estimate(series)
        published = inner and {"rate": round_rate(inner["estimate"]), "low": round_rate(inner["low"]),
                               "high": round_rate(inner["high"]), "confidence": inner["confidence"]}
        return {"engagement_rate": rate, "engagement_rate_posts": n, "engagement_rate_lc": rate_lc,
                "engagement_rate_views": rate_v, "engagement_rate_views_posts": n_v, "estimate": published,
                "mature_organic_posts": len(posts), "followers_late": any(p.followers_late for p in posts)}

    def state(self):
        """The raw state, as `published.py --states` compares it (placeholders left out)."""
        names = KINDS + ("posts", "sponsored")

        def buckets(ring):
            """Oldest first, zeros left out."""
            return [{"at": at, **{k: n for k, n in zip(names, columns) if n}} for at, columns in
                    sorted(ring.values())]
        posts, fields = [], "post_id posted_at followers followers_late format sponsored deleted".split()
        for _, post_id in reversed(self.order):
            p = self.posts[post_id]
            posts.append({**{name: getattr(p, name) for name in fields}, **dict(zip(COUNTERS, p.counts))})
        days = [{"day": day, "observed_at": s.time, "offset": s.offset, "followers": s.followers,
                 "following": s.following, "posts": s.posts} for day, s in self.profile_days.items()]
        return {"creator": self.creator_id, "totals": dict(zip(KINDS, self.totals)), "posts": posts,
                "hours": buckets(self.hours), "days": buckets(self.days), "profile_days": days}
