"""Campaigns for a stream, seeded: brands, tags, handles and examples are those that the stream itself has most of.
usage: campaigns_reference.py EVENTS.ndjson N ROUND      N campaigns as NDJSON; each fourth is another one in another round"""
import json
import random
import sys
from collections import Counter

NICHES = "FASHION BEAUTY FAMILY FITNESS FOOD INTERIOR PET TRAVEL".split()
VALUES = "sustainability inclusivity local animal_welfare organic craftsmanship".split()
UNSAFE = "alcohol gambling politics profanity GAMING MUSIC CARS".split()


def met(path):
    """The most frequent tags, mentions, sponsors and creators of the posts, and when the last event is."""
    tags, mentions, sponsors, creators, last = Counter(), Counter(), Counter(), Counter(), 0
    for event in map(json.loads, open(path)):
        value, last = event["value"], max(last, event["timestamp"])
        if event["topic"] == "posts":
            for counter, name in (tags, "tags"), (mentions, "mentions"), (sponsors, "sponsors"):
                counter.update(value.get(name) or ())
            creators[value["creator_id"]] += 1
    return *([name for name, _ in c.most_common(40)] for c in (tags, mentions, sponsors, creators)), last


def campaign(number, turn, stream):
    """One of them; its id is what the generated clicks and purchases name."""
    r = random.Random(f"{number} {turn if number % 4 == 0 else 0}")
    tags, mentions, sponsors, creators, last = stream
    made = {"campaign_id": f"campaign-{number}", "brand": r.choice(sponsors + mentions or ["acme"]), "status": "ACTIVE",
            "updated_at": last, "tiers": r.choice([[], [], ["MICRO"], ["MICRO", "MACRO"], ["NONE", "MICRO"]])}

    def sometimes(share, name, value):
        if r.random() < share:
            made[name] = value()
    sometimes(.85, "topics", lambda: {n: round(.05 + r.random(), 2) for n in r.sample(NICHES + ["MUSIC"], r.randint(1, 3))})
    sometimes(.5, "tags", lambda: r.sample(tags, min(3, len(tags))))
    sometimes(.3, "values", lambda: r.sample(VALUES, 2))
    sometimes(.3, "countries", lambda: {"FR": .6, "BE": .2, "GB": .2} if r.random() < .5 else {r.choice(["FR", "DE", "US"]): 1})
    sometimes(.3, "languages", lambda: {r.choice(["fr", "en"]): .8})
    sometimes(.25, "platforms", lambda: r.sample(["INSTAGRAM", "TIKTOK", "YOUTUBE"], 2))
    sometimes(.3, "excluded", lambda: [r.choice(UNSAFE), r.choice(["", "#"]) + r.choice(tags), r.choice(["", "@"]) + r.choice(mentions or ["rival"])])
    sometimes(.3, "competitors", lambda: r.sample(sponsors + mentions, min(2, len(sponsors + mentions))))
    sometimes(.25, "min_authenticity", lambda: r.choice([30, 60, 80]))
    sometimes(.25, "min_engagement_rate", lambda: r.choice([.005, .02]))
    sometimes(.3, "weights", lambda: {name: r.choice([0, .5, 2]) for name in ("target", "values", "quality")})
    sometimes(.6, "budget", lambda: {"minor_units": r.randrange(5000, 300000), "currency": r.choice(["EUR", "EUR", "USD"])})
    sometimes(.7, "slots", lambda: r.randint(1, 8))
    sometimes(.08, "starts_at", lambda: last - r.randrange(-5, 20) * 86400000)
    sometimes(.08, "ends_at", lambda: last + r.randrange(-20, 5) * 86400000)
    if made.get("starts_at", 0) >= made.get("ends_at", last * 2):
        del made["ends_at"]
    sometimes(.03, "status", lambda: "PAUSED")
    if "examples" in turn:
        sometimes(.3, "example_creators", lambda: r.sample(creators, 3))
    return made


def main():
    path, n, turn = sys.argv[1:]
    stream = met(path)
    for number in range(int(n)):
        print(json.dumps(campaign(number, turn, stream)))


if __name__ == "__main__":
    main()
