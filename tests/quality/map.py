"""map.py DATA OUT: the development data as the NDJSON of `train` and `evaluate`, and as truths. Writes into the folder OUT:
stream.ndjson     every event of the replay                  train.ndjson   without the posts of the creators that have a truth
truth.ndjson      niches, tiers, brand pairs                 actors.ndjson  labelled accounts
accounts.ndjson   accounts with all their posts' likes and comments, each once
The models that are measured are trained on train.ndjson: else a post that names a brand ties it to its own creator's other words."""
import csv
import gzip
import json
import pathlib
import sys

DAY = 86400000


def line(out, topic, value):
    out.write(json.dumps({"topic": topic, "value": value}, separators=(",", ":")) + "\n")


def replay(data, out, truth):
    with open(out / "stream.ndjson", "w") as everything, open(out / "train.ndjson", "w") as train:
        for raw in gzip.open(data / "instagram-replay/events.ndjson.gz"):
            e = json.loads(raw)
            t, creator = e["t"] * 1000, e["creator"]
            if e["e"] == "profile":
                topic, value = "profiles", {"creator_id": creator, "observed_at": t, "followers": e["followers"]}
            elif e["e"] == "post":
                topic, value = "posts", {"creator_id": creator, "post_id": e["post"], "posted_at": t, "tags": e["tags"],
                                         "mentions": e["mentions"], "sponsors": e["sponsors"]}
            else:
                topic, value = "interactions", {"creator_id": creator, "actor_id": e["actor"], "kind": "COMMENT", "occurred_at": t}
            line(everything, topic, value)
            if topic == "interactions" or creator not in truth:
                line(train, topic, value)


def truths(data, out):
    creators = set()
    with open(out / "truth.ndjson", "w") as file:
        for row in csv.DictReader(open(data / "instagram-replay/truth_niche.csv")):
            creators.add(row["creator"])
            file.write(json.dumps({"creator_id": row["creator"], "niche": row["niche"].upper()}) + "\n")
            followers = int(row["followers"])
            tier = "NONE" if followers < 1000 else "MICRO" if followers <= 100000 else "MACRO" if followers <= 1000000 else "MEGA"
            file.write(json.dumps({"creator_id": row["creator"], "tier": tier}) + "\n")
        for row in csv.DictReader(open(data / "instagram-replay/truth_brand_pairs.csv")):
            creators.add(row["creator"])
            file.write(json.dumps({"creator_id": row["creator"], "brand": row["brand"]}) + "\n")
    return creators


def actors(data, out):
    with open(out / "actors.ndjson", "w") as file:
        for name in ("fakeAccountData.json", "realAccountData.json"):
            for a in json.load(open(data / "authenticity-dev" / name)):
                file.write(json.dumps({"followers": a["userFollowerCount"], "following": a["userFollowingCount"], "posts": a["userMediaCount"],
                                       "has_picture": bool(a["userHasProfilPic"]), "name_digits": a["usernameDigitCount"],
                                       "is_fake": bool(a["isFake"])}) + "\n")


def accounts(data, out):
    seen, followers = set(), 0
    with open(out / "accounts.ndjson", "w") as file:
        for i, a in enumerate(json.load(open(data / "authenticity-dev/nonautomatedAccountData.json"))):
            likes, comments = a["mediaLikeNumbers"], a["mediaCommentNumbers"]
            key = tuple(likes)
            if key in seen or not likes:
                continue
            seen.add(key)
            followers = a["userFollowerCount"]
            line(file, "profiles", {"creator_id": f"a{i}", "observed_at": 0, "followers": followers})
            for k, (n_likes, n_comments) in enumerate(zip(likes, comments)):  # newest first
                line(file, "posts", {"creator_id": f"a{i}", "post_id": f"a{i}.{k}", "posted_at": (len(likes) - k) * DAY,
                                     "metrics": {"observed_at": len(likes) * DAY, "likes": n_likes, "comments": n_comments}})


def main():
    data, out = map(pathlib.Path, sys.argv[1:3])
    replay(data, out, truths(data, out))
    actors(data, out)
    accounts(data, out)


if __name__ == "__main__":
    main()
