"""§0.1, input records: which count, and what is kept of them.

`classify` says whether a record counts; a `Setup` makes a small tuple of one that does: it reads the text (§8), takes
the verdict on the actor (§4) and hashes the actor once, so that the state never sees a raw record.
"""
from collections import namedtuple

from actors import fake, in_255ths, siphash
from methodology import C
from text import BUILT_IN, says

HOUR, DAY = 3_600_000, 86_400_000
LAST_TIME = 253_402_300_799_999                  # the end of the year 9999
MOST, LONGEST_ID = 10 ** 12, 256                 # of any amount; bytes of an id
KINDS = ("VIEW", "LIKE", "COMMENT", "SHARE", "SAVE", "CLICK", "PURCHASE", "FOLLOW")
COUNTERS = ("views", "likes", "comments", "shares", "saves", "clicks", "purchases", "follows")
LIKE, COMMENT, CLICK, PURCHASE = 1, 2, 5, 6
TOPICS = ("profiles", "posts", "interactions")
TIME_FIELD = {"profiles": "observed_at", "posts": "posted_at", "interactions": "occurred_at"}
SECRET = bytes(16)                               # of the keyed hashes, where no file is given

Profile = namedtuple("Profile", "offset timestamp time followers following posts platform price audience")
PostRecord = namedtuple("PostRecord", "offset timestamp time post_id format deleted official sponsored likely tokens "
                        "brands niches classes words metrics")
Metrics = namedtuple("Metrics", "observed_at totals")        # totals: {kind: number}, null kinds left out
# kind is an index of KINDS; traits: None or (generic,) of a `comment` record; verdict in 1/255 or None
Interaction = namedtuple("Interaction", "offset timestamp time kind count post_id own late actor verdict generic "
                         "fingerprint campaign value")


def verdict(actor):
    """P(fake) in 1/255; None of an actor with a number below 0 (Reading)."""
    return None if min(actor["followers"], actor["following"], actor["posts"]) < 0 else in_255ths(fake(actor))


def amounts(topic, value):
    """Every number of a record that could fill a sum; null ones left out."""
    if topic == "profiles":
        found = [value[name] for name in ("followers", "following", "posts") if value.get(name) is not None]
        return found + [(value.get("price_per_post") or {"minor_units": 0})["minor_units"]]
    if topic == "posts":
        return [n for name, n in (value.get("metrics") or {}).items() if name in COUNTERS and n is not None]
    return [value.get("count", 1), (value.get("value") or {"minor_units": 0})["minor_units"]]


def refused(topic, value):
    """Reading: ids of 1 to 256 bytes, times of 1970 to 9999, amounts within ±10^12, no profile below 0."""
    ids = [value.get("creator_id")] + ([value.get("post_id")] if topic != "profiles" else [])
    if topic == "interactions" and ids[1] is None:
        ids.pop()
    return (not all(name and len(name.encode()) <= LONGEST_ID for name in ids)
            or not 0 <= value[TIME_FIELD[topic]] <= LAST_TIME or any(abs(n) > MOST for n in amounts(topic, value))
            or topic == "profiles" and any((value.get(name) or 0) < 0 for name in ("followers", "following", "posts")))


def classify(topic, timestamp, value, key=None):
    """§0.1: 'applied', 'late', 'future', 'other' or 'rejected' for one input record."""
    if value is None or (key is not None and key != value.get("creator_id")) or refused(topic, value):
        return "rejected"
    time = value[TIME_FIELD[topic]]
    if time > timestamp + C["state.max_future"]:
        return "future"
    if topic != "interactions":
        return "applied"
    if value.get("kind", "OTHER") not in KINDS:
        return "other"
    return "late" if timestamp - time > C["state.late_days"] * DAY else "applied"


def named_brands(value):
    """§8: {name as sent: official} of the first 4 distinct ones of ≤ 40 bytes, sponsors before mentions (Reading)."""
    sponsors = value.get("sponsors") or []
    names = dict.fromkeys(name for name in sponsors + (value.get("mentions") or []) if 0 < len(name.encode()) <= 40)
    return {name: name in sponsors for name in list(names)[:4]}


class Setup:
    """What stands beside the records: text lists, secret, peer tables, `counting.totals`, table of unit values."""

    def __init__(self, text=BUILT_IN, secret=SECRET, peers=None, totals=None, unit_values=None, free_words=None):
        self.text, self.secret, self.peers = text, secret, peers
        self.totals = {platform: {KINDS.index(k) for k in kinds} for platform, kinds in (totals or {}).items()}
        self.unit_values = unit_values           # see commercial.earned_media_value
        self.shares = True                       # of audiences, as profiles tell them
        self.free_words = free_words or {}       # {words of §10's gate `excluded` in normal form: when the campaign came}
        self.hashes, self.strings = {}, {}       # actor -> hash, and one copy of each repeated string

    def hash_of(self, actor_id):
        """Keyed hash of an actor, each computed once."""
        h = self.hashes.get(actor_id)
        if h is None:
            h = self.hashes[actor_id] = siphash(self.secret, actor_id.encode())
        return h

    def compact(self, topic, offset, timestamp, value, status):
        """A record that counts ('applied' or 'late') as a small tuple."""
        place = offset, timestamp, value[TIME_FIELD[topic]]
        if topic == "profiles":
            return Profile(*place, value["followers"], value.get("following"), value.get("posts"),
                           value.get("platform", "OTHER"), value.get("price_per_post"),
                           value.get("audience") if self.shares else None)
        return self._post(place, value) if topic == "posts" else self._interaction(place, value, status)

    def _post(self, place, value):
        """§8: official, sponsored, likely; §7: tokens and hits per niche."""
        official, found = bool(value.get("disclosed") or value.get("sponsors")), self.text.post(value)
        return PostRecord(*place, value["post_id"], value.get("format", "OTHER"), bool(value.get("deleted")),
                          official, official or found.disclosed, found.likely, found.tokens, named_brands(value),
                          found.niches, found.classes, self._words(place[1], value.get("text")),
                          self._metrics(place[1], value.get("metrics")))

    def _words(self, timestamp, text):
        """§10: the free words that a post's text says. Reading: known to it when its record is not older than the campaign's."""
        known = [words for words, since in self.free_words.items() if since <= timestamp]
        return frozenset(says(text or "", known)) if known else frozenset()

    @staticmethod
    def _metrics(timestamp, metrics):
        """Reading: metrics of the future are left out, the post itself counts."""
        if not metrics or metrics["observed_at"] > timestamp + C["state.max_future"]:
            return None
        totals = {i: metrics[name] for i, name in enumerate(COUNTERS) if (metrics.get(name) or 0) > 0
                  or metrics.get(name) == 0}     # Reading: a negative total is none
        return Metrics(metrics["observed_at"], totals) if totals else None

    def _interaction(self, place, value, status):
        """§0.1; the actor is left out where it is the creator."""
        actor_id, comment, actor = value.get("actor_id") or None, value.get("comment"), value.get("actor")
        kind, count, campaign = KINDS.index(value["kind"]), value.get("count", 1), value.get("campaign_id")
        own = actor_id is not None and actor_id == value["creator_id"]
        counted = actor_id is not None and not own and count > 0         # any kind but own acts and count ≤ 0
        generic = fingerprint = None
        if kind == COMMENT and comment:
            generic = comment["words"] <= C["evidence.generic_words"]
            if comment.get("fingerprint") and count > 0:                 # Reading: a comment taken back has none
                fingerprint = comment["fingerprint"] & 0xFFFF
        return Interaction(*place, kind, count, value.get("post_id"), own, status == "late",
                           self.hash_of(actor_id) if counted and self.secret is not None else None,
                           verdict(actor) if counted and actor else None, generic, fingerprint,
                           campaign if campaign and len(campaign.encode()) <= LONGEST_ID else None, value.get("value"))
