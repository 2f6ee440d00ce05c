"""Random lives of one creator for the properties, and orders their records may come in."""
import random
from collections import Counter

from peers import Cell, Peers
from records import DAY, HOUR, KINDS, TIME_FIELD, TOPICS, Setup
from reference import Creator

START = 1_772_454_600_000 - 60 * DAY


def stream(seed, n_posts, every=2):
    """A random life of one creator, a profile every so many days: rows (topic, offset, timestamp, value)."""
    chooser, rows = random.Random(seed), []

    def add(topic, time, **value):
        """Kafka time = event time + up to a minute."""
        rows.append((time + chooser.randrange(60_000), topic, {"creator_id": "c1", TIME_FIELD[topic]: time, **value}))
    for day in range(0, 60, every):
        add("profiles", START + day * DAY, platform="TIKTOK", followers=chooser.randrange(900, 120_000),
            following=chooser.choice((None, chooser.randrange(2000))))
    for i in range(n_posts):
        posted = START + i * 55 * DAY // n_posts + chooser.randrange(HOUR)
        value = {"post_id": f"p{i}", "tags": chooser.sample("abcdefgh", 3), "disclosed": chooser.random() < 0.2,
                 "mentions": chooser.sample(["acme", "other", "friend"], 2)}
        add("posts", posted, **value)
        if chooser.random() < 0.15:
            add("posts", posted, **{**value, "deleted": chooser.random() < 0.5, "sponsors": ["acme"]})
        for _ in range(chooser.randrange(40)):
            add_interaction(chooser, add, f"p{i}", posted)
    for _ in range(30):
        add("interactions", START + chooser.randrange(60 * DAY), kind="FOLLOW", actor_id=f"a{chooser.randrange(300)}")
    rows.sort(key=lambda row: row[0])
    offsets, records = Counter(), []
    for timestamp, topic, value in rows:
        records.append((topic, offsets[topic], timestamp, value))
        offsets[topic] += 1
    return records


def add_interaction(chooser, add, post_id, posted):
    """One act on a post, some taken back, some the creator's own, some late."""
    kind = chooser.choice(KINDS)
    value = {"post_id": post_id, "kind": kind, "count": chooser.choice((1, 1, 1, 3, 20, -1))}
    if chooser.random() < 0.8:
        value["actor_id"] = chooser.choice(("c1", *(f"a{chooser.randrange(300)}" for _ in range(6))))
        value["actor"] = chooser.choice((None, {"followers": chooser.randrange(500), "posts": chooser.randrange(50),
                                                "following": chooser.randrange(4000)}))
    if kind == "COMMENT" and chooser.random() < 0.8:
        value["comment"] = {"words": chooser.randrange(6), "fingerprint": chooser.randrange(90)}
    if kind in ("CLICK", "PURCHASE"):
        value.update(campaign_id=f"k{chooser.randrange(4)}", value={"minor_units": 100, "currency": "EUR"})
    add("interactions", posted + chooser.randrange(20 * HOUR) // chooser.choice((1, 60)), **value)


def setup():
    """Peers in the middle of what the streams give."""
    return Setup(peers=Peers(always=Cell(500, tuple(0.0002 * 1.5 ** i for i in range(21)))))


def applied(records, beside):
    """A creator that has seen all records, in this order."""
    creator = Creator("c1", beside)
    for record in records:
        creator.apply(*record, lane_as_of=START)
    return creator


def jittered(records, seed):
    """Another interleaving: each topic keeps its order and runs up to 12 hours ahead of the others or behind."""
    chooser = random.Random(seed)
    shifts = {topic: chooser.randrange(-6 * HOUR, 6 * HOUR) for topic in TOPICS}
    return sorted(records, key=lambda r: r[2] + shifts[r[0]])


def posts_first(records, seed):
    """Posts in their order, then everything else shuffled, also within its topic: no placeholder at all."""
    rest = [r for r in records if r[0] != "posts"]
    random.Random(seed).shuffle(rest)
    return [r for r in records if r[0] == "posts"] + rest
