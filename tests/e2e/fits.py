"""Fits: campaigns made from a seed, and what was told of them against the final state.
usage: fits.py campaigns SEED N          N campaigns as NDJSON; the seed changes every fifth of them
       fits.py compare MICROFLUX FITS STATES PLACES
       fits.py moved FITS | best FITS | of FITS CREATOR"""
import json
import random
import subprocess
import sys
from collections import Counter

NICHES = "FASHION BEAUTY FAMILY FITNESS FOOD INTERIOR PET TRAVEL".split()


def campaign(number, seed):
    r = random.Random(number * 1000 + (seed if number % 5 == 0 else 0))
    made = {"campaign_id": f"c{number}", "brand": f"brand{number}", "status": "ACTIVE", "updated_at": 1700000000000 + seed,
            "tiers": r.choice([[], [], ["MICRO"], ["MICRO", "MACRO"]]), "topics": {n: round(r.random(), 2) for n in r.sample(NICHES, r.randint(1, 3))}}
    if r.random() < .5:
        made["tags"] = r.sample(["food", "travel", "fitness", "dog", "makeup", "ootd", "family", "home"], 2)
    if r.random() < .3:
        made["min_authenticity"] = r.choice([30, 60, 80])
    if r.random() < .3:
        made["values"] = ["sustainability"]
    if r.random() < .3:
        made["platforms"] = r.sample(["INSTAGRAM", "TIKTOK", "YOUTUBE", "FACEBOOK"], 2)
    if r.random() < .3:
        made["excluded"] = ["profanity", r.choice(["GAMING", "MUSIC", "CARS"])]
    if r.random() < .4:
        made["countries"] = r.choice([{"FR": .6, "DE": .3}, {"FR": 1}, {"BE": .5, "XX": .5}])
    if r.random() < .3:
        made["languages"] = {"fr": .8}
    if number == 7:
        made["ends_at"] = 1  # over long ago
    if number == 8:
        made["status"] = "PAUSED"
    return made


def last_records(path):
    last = {}
    for line in open(path):
        r = json.loads(line)
        last[r["key"]] = r["value"]
    return {tuple(k.split("/", 1)): v for k, v in last.items() if v is not None}


def ask(*words):
    return json.loads(subprocess.run([*words, "--format", "json"], capture_output=True, text=True, check=True).stdout)


def target(campaign, state):
    """The share of the audience that a campaign asked for: of what it asks and the profile tells."""
    asked = [(campaign.get(of) or {}, state.get("audience_" + of) or {}) for of in ("countries", "languages")]
    shares = [sum(min(share, there.get(name, 0)) for name, share in wanted.items()) for wanted, there in asked if wanted and there]
    return sum(shares) / len(shares) if shares else None


def targets_told(told, campaigns, states):
    """Differences, how many were asked for and told."""
    wrong, known = [], 0
    for (campaign, creator), v in told.items():
        if campaign not in campaigns or creator not in states:
            continue
        wanted = target(campaigns[campaign], states[creator])
        factor = next(s["value"] for s in v["waterfall"] if s["factor"] == "target")
        known += wanted is not None
        if (wanted is None) != (v["target"] is None) or abs((wanted or 0) - (v["target"] or 0)) > 1e-6 or \
                abs(factor - (1 if wanted is None else .5 + .5 * wanted)) > 1e-6:
            wrong.append(f"{campaign}/{creator}: wanted target {wanted}, told {v['target']}, factor {factor}")
    return wrong, known


def compare(microflux, fits, states, places):
    told = last_records(fits)
    states = {s["creator"]: s for s in map(json.loads, open(states))}
    lane_of = {creator: s["lane"] for creator, s in states.items()}
    listed = subprocess.run([microflux, "campaigns", "list", "--format", "json"], capture_output=True, text=True, check=True).stdout
    campaigns = {c["campaign_id"]: c for c in map(json.loads, listed.splitlines())}
    ids = list(campaigns)
    wrong, full = [], 0
    for one in ids:
        ranking = ask(microflux, "what-if", one, "--top", "1000")["ranking"]
        left, best = Counter(), {}
        for r in sorted(ranking, key=lambda r: (-round(r["fit"], 3), r["creator_id"])):
            lane = lane_of[r["creator_id"]]
            if round(r["fit"], 3) > 0 and left[lane] < places:
                left[lane] += 1
                best[r["creator_id"]] = round(r["fit"], 3)
        full += sum(n == places for n in left.values())
        now = {creator: v["score"] for (c, creator), v in told.items() if c == one}
        wrong += [f"{one}/{c}: wanted {best.get(c)}, told {now.get(c)}" for c in sorted(best.keys() | now.keys())
                  if abs(best.get(c, -1) - now.get(c, -1)) > 1.5e-3]
    wrong += [f"{c}/{creator}: told, but there is no such campaign" for c, creator in told if c not in ids]
    other, known = targets_told(told, campaigns, states)
    wrong += other
    print(*wrong[:20], sep="\n")
    print(f"{len(ids)} campaigns, {len(told)} pairs, {known} of them with a target, {full} full tables of a lane, {len(wrong)} differences")
    return len(wrong) > 0 or len(told) < 50 or full < 5 or known < 3


def moved(path):
    told, came, left, changed = {}, 0, 0, 0
    for line in open(path):
        r = json.loads(line)
        before, now = told.get(r["key"]), r["value"] and r["value"]["score"]
        told[r["key"]] = now
        came += now is not None and before is None
        left += now is None and before is not None
        changed += now is not None and before is not None and now != before
    print(f"{came} came, {left} left, {changed} moved")
    return not (came and left and changed)


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "campaigns":
        seed, n = int(rest[0]), int(rest[1])
        for number in range(1, n + 1):
            print(json.dumps(campaign(number, seed)))
    elif what == "compare":
        sys.exit(compare(*rest[:3], int(rest[3])))
    elif what == "moved":
        sys.exit(moved(rest[0]))
    elif what == "best":
        print(Counter(creator for _, creator in last_records(rest[0])).most_common(1)[0][0])
    else:
        print(sum(creator == rest[1] for _, creator in last_records(rest[0])))
