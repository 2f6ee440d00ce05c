"""NDJSON for peers.sh: 110 creators of INSTAGRAM 10K, 15 of its 1K, and one that changes its cell every day.

    python3 peers_stream.py FIRST_DAY DAYS

Each day everybody publishes a post, which gets its likes at once; at the end of the last one each is viewed, so that
all are scored then.
"""
import json
import random
import sys

DAY = 86_400_000
START = 1_772_454_600_000


def main():
    """Everything of a day in the order of time."""
    first, days = int(sys.argv[1]), int(sys.argv[2])
    names = [(f"insta-{i}", "INSTAGRAM", 20_000) for i in range(110)] + [(f"small-{i}", "INSTAGRAM", 5_000) for i in range(15)]
    for day in range(first, first + days):
        chance, at = random.Random(day), START + day * DAY
        names.append(("mover", "TIKTOK" if day % 2 else "INSTAGRAM", 20_000 if day < 3 else 200_000))
        for i, (name, platform, followers) in enumerate(names):
            emit("profiles", creator_id=name, platform=platform, observed_at=at + i, followers=followers)
            emit("posts", creator_id=name, post_id=f"{name}-{day}", posted_at=at + 1000 + i)
        for i, (name, _, followers) in enumerate(names):
            emit("interactions", creator_id=name, post_id=f"{name}-{day}", kind="LIKE",
                 count=int(followers * 0.03 * 2 ** chance.gauss(0, 1)), occurred_at=at + 2000 + i)
        names.pop()
    for i, (name, _, _) in enumerate(names):
        emit("interactions", creator_id=name, kind="VIEW", occurred_at=at + DAY - 1000 + i)


def emit(topic, **value):
    """A line."""
    print(json.dumps({"topic": topic, "value": value}))


if __name__ == "__main__":
    main()
