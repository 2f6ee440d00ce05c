"""§0.1, order-free state of one creator: takes records, computes nothing."""
from bisect import bisect_right, insort
from collections import Counter

from actors import Actors
from methodology import C
from records import CLICK, COMMENT, COUNTERS, DAY, HOUR, KINDS, PURCHASE, TOPICS, Setup, classify
from tier import fold

DEFAULT = Setup()
METRICS = "applied late future other rejected expired refused".split()


class Post:
    """A post of the ring, or a placeholder of one (record None)."""
    __slots__ = ("post_id", "record", "posted_at", "counts", "minutes", "traits", "followers", "followers_late",
                 "followers_day", "fixed", "sponsored", "deleted", "day", "opened", "seen_at", "seen")

    def __init__(self, post_id, opened):
        self.post_id, self.opened = post_id, opened
        self.record = self.posted_at = self.followers = self.followers_day = self.day = None
        self.counts, self.minutes = [0] * 8, Counter()   # minutes of occurred_at of the others' comments
        self.traits = [0, 0, 0]                  # comments with a `comment` record, generic ones, own replies
        self.followers_late = self.fixed = self.sponsored = self.deleted = False
        self.seen_at, self.seen = -1, {}         # the newest metrics (`counting.totals`)

    def count(self, kind):
        """A published counter, never below 0."""
        return max(0, self.counts[kind])

    def engagements(self):
        """Likes + comments + shares + saves, each clamped at 0."""
        return sum(max(0, n) for n in self.counts[1:5])

    def early_comments(self):
        """§4, early burst: comments with 0 ≤ floor(occurred/60 s) − floor(posted/60 s) ≤ 9."""
        posted = self.posted_at // 60_000
        early = sum(self.minutes[minute] for minute in range(posted, posted + C["evidence.early_minutes"] + 1))
        return min(max(0, early), self.count(COMMENT))


class Campaign:
    """§8: clicks and purchases of one campaign, value per currency."""

    def __init__(self):
        self.newest, self.clicks, self.purchases, self.value = 0, 0, 0, Counter()


class State:
    """State of one creator."""

    def __init__(self, creator_id, setup=None):
        self.creator_id, self.setup = creator_id, setup or DEFAULT
        self.as_of = 0                           # largest event time applied, or the lane's when given
        self.next_offset = dict.fromkeys(TOPICS, 0)
        self.metrics = dict.fromkeys(METRICS, 0)
        self.totals = [0] * 8
        self.hours, self.days = {}, {}           # slot -> [start of the bucket, columns]
        self.posts, self.order = {}, []          # with a record; order: (posted_at, post_id), oldest first
        self.placeholders = {}
        self.profile_days = {}                   # day -> Profile, oldest first
        self.base = self.tier_state = None       # folds of §1: over the days that left; over all days
        self.fingerprints = []                   # (occurred_at, offset, low 16 bits), oldest first
        self.actors = Actors()
        self.campaigns = {}

    def apply(self, topic, offset, timestamp, value, lane_as_of=None, key=None):
        """One input record; lane_as_of is the as_of of the lane before it (default: of this creator)."""
        status = classify(topic, timestamp, value, key)
        self.metrics[status] += 1
        if status in ("applied", "late"):
            self.take(topic, self.setup.compact(topic, offset, timestamp, value, status), lane_as_of)
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
        elif record.own and record.kind == COMMENT:
            self._own_comment(record)
        else:
            self._interaction(record)

    def expire(self):
        """Placeholders older than 24 h leave. Reading: age since the as_of they were opened at."""
        if not self.placeholders:
            return
        oldest = self.as_of - C["state.placeholder_hours"] * HOUR
        for post_id in [k for k, p in self.placeholders.items() if p.opened < oldest]:
            del self.placeholders[post_id]
            self.metrics["expired"] += 1

    def platform(self):
        """Of the newest profile, None before the first."""
        return next(reversed(self.profile_days.values())).platform if self.profile_days else None

    def by_totals(self):
        """`counting.totals`: the kinds whose totals count. Reading: by the platform known at that moment."""
        return self.setup.totals.get(self.platform(), ()) if self.setup.totals else ()

    @staticmethod
    def _slot(ring, size, length, time):
        """Columns of the bucket of `time`, None when its slot belongs to a newer bucket."""
        index = time // length
        slot = ring.get(index % size)
        if slot is None or slot[0] < index * length:
            slot = ring[index % size] = [index * length, [0] * 10]
        return slot[1] if slot[0] == index * length else None

    def _add(self, kind, count, time):
        """To totals, hours and days."""
        self.totals[kind] += count
        for ring, size, length in ((self.hours, C["state.hours"], HOUR), (self.days, C["state.days"], DAY)):
            columns = self._slot(ring, size, length, time)
            if columns is not None:
                columns[kind] += count

    def _interaction(self, record):
        """Late: totals only. A kind whose totals count elsewhere feeds the actors only."""
        elsewhere = record.kind in self.by_totals()
        if record.late:
            if not elsewhere:
                self.totals[record.kind] += record.count
            return
        post = self._find(record) if record.post_id is not None and not elsewhere else None
        if not elsewhere:
            self._add(record.kind, record.count, record.time)
            if post is not None:                 # Reading: a deleted post's counts go on, hidden
                post.counts[record.kind] += record.count
            if record.kind == COMMENT:
                self._comment(record, post)
            elif record.campaign is not None and record.kind in (CLICK, PURCHASE):
                self._campaign(record)
        if record.actor is not None:
            # Reading: any post it names, kept or not: what is kept hangs on the order
            self.actors.add(record.time, record.actor, record.verdict, record.post_id)

    def _comment(self, record, post):
        """Traits of the post, weighted by count (Reading), and the fingerprint."""
        if post is not None:
            post.minutes[record.time // 60_000] += record.count
            if record.generic is not None:
                post.traits[0] += record.count
                post.traits[1] += record.count * record.generic
        if record.fingerprint is not None:
            insort(self.fingerprints, (record.time, record.offset, record.fingerprint))
            del self.fingerprints[:-C["state.fingerprints"]]

    def _own_comment(self, record):
        """§6: own comments count nowhere else. Reading: they open a placeholder too, and count where totals do."""
        if not record.late and record.post_id is not None:
            post = self._find(record)
            if post is not None:
                post.traits[2] += record.count

    def _campaign(self, record):
        """§8: the newest 16 campaigns by their newest event; one that left starts anew (Reading)."""
        campaign = self.campaigns.setdefault(record.campaign, Campaign())
        campaign.newest = max(campaign.newest, record.time)
        if record.kind == CLICK:
            campaign.clicks += record.count
        else:
            campaign.purchases += record.count
            if record.value and record.count:    # PURCHASE only, as the schema says
                amount = abs(record.value["minor_units"])
                campaign.value[record.value["currency"]] += amount if record.count > 0 else -amount
        if len(self.campaigns) > C["state.campaigns"]:
            del self.campaigns[min(self.campaigns, key=lambda name: (self.campaigns[name].newest, name))]

    def _find(self, record):
        """The post of an interaction, or a placeholder, opened if allowed."""
        post = self.posts.get(record.post_id) or self.placeholders.get(record.post_id)
        if post is not None:
            return post
        if len(self.order) == C["state.posts"] and record.time < self.order[0][0]:
            return None                          # Reading: older than the oldest post of a full ring
        if len(self.placeholders) == C["state.placeholders"]:
            self.metrics["refused"] += 1         # Reading: the ninth is not opened
            return None
        post = self.placeholders[record.post_id] = Post(record.post_id, self.as_of)
        return post

    def _post(self, record):
        """A new post enters the ring unless too old for it; a known one is replaced."""
        place = (record.time, record.post_id)
        post = self.posts.get(record.post_id)
        if post is None:
            post = self.placeholders.pop(record.post_id, None)
            if len(self.order) == C["state.posts"] and place < self.order[0]:
                return                           # too old on arrival: not counted
            post = self.posts[record.post_id] = post or Post(record.post_id, self.as_of)
            post.day = record.time               # counted there once (Reading: also if posted_at moves)
            insort(self.order, place)
            self._count_post(post, 8, 1)
        elif post.posted_at != record.time:
            self.order.remove((post.posted_at, record.post_id))
            insort(self.order, place)
            post.fixed = False
        first, post.posted_at = post.record is None, record.time
        post.record, post.deleted = record, record.deleted
        if first or not record.deleted:          # Reading: a deletion leaves the sponsored state as it was
            self._count_post(post, 9, record.sponsored - post.sponsored)
            post.sponsored = record.sponsored
        if record.metrics:
            self._totals(post, record.metrics)
        self._followers_of_all()
        if len(self.order) > C["state.posts"]:
            del self.posts[self.order.pop(0)[1]]

    def _totals(self, post, metrics):
        """The difference to the previous snapshot goes to the bucket of its observed_at; older ones are ignored."""
        kinds = self.by_totals()
        if not kinds or metrics.observed_at < post.seen_at:
            return
        post.seen_at = metrics.observed_at
        for kind, total in metrics.totals.items():
            if kind in kinds:
                change = total - post.seen.get(kind, 0)
                post.seen[kind] = total
                post.counts[kind] += change
                self._add(kind, change, metrics.observed_at)

    def _count_post(self, post, column, change):
        """Posts and sponsored posts of a day."""
        columns = self._slot(self.days, C["state.days"], DAY, post.day) if change else None
        if columns is not None:
            columns[column] += change

    def _profile(self, record):
        """The last snapshot of each day by (observed_at, offset); §1: the fold over the kept days."""
        day, days, size = record.time // DAY, self.profile_days, C["state.profile_days"]
        kept = days.get(day)
        if kept is not None and (kept.time, kept.offset) > (record.time, record.offset):
            return
        if len(days) == size and day < next(iter(days)):
            return                               # Reading: older than the 40 kept days: no trace in the base
        appended = not days or day > next(reversed(days))
        days[day] = record
        if kept is None and not appended:
            self.profile_days = days = dict(sorted(days.items()))
        self._followers_of_all()
        if len(days) > size:
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

    def ring(self):
        """Undeleted posts with a record, newest first: all that post-based values may see."""
        posts = (self.posts[post_id] for _, post_id in reversed(self.order))
        return [p for p in posts if not p.deleted]

    def state(self):
        """The raw state, as `published.py --states` compares it (placeholders left out)."""
        names = KINDS + ("posts", "sponsored")

        def buckets(ring):
            """Oldest first, zeros left out."""
            return [{"at": at, **{k: n for k, n in zip(names, columns) if n}} for at, columns in
                    sorted(ring.values())]
        posts, fields = [], "post_id posted_at followers followers_late sponsored deleted".split()
        for _, post_id in reversed(self.order):
            p = self.posts[post_id]
            posts.append({**{name: getattr(p, name) for name in fields}, "format": p.record.format,
                          **dict(zip(COUNTERS, p.counts))})
        days = [{"day": day, "observed_at": s.time, "offset": s.offset, "followers": s.followers,
                 "following": s.following, "posts": s.posts} for day, s in self.profile_days.items()]
        return {"creator": self.creator_id, "totals": dict(zip(KINDS, self.totals)), "posts": posts,
                "hours": buckets(self.hours), "days": buckets(self.days), "profile_days": days}
