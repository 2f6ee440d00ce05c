"""replay_map.py EVENTS.ndjson.gz: maps the real replay (profile, post, comment) to the contract, one line an event for `produce`.
likes_final becomes weighted LIKE events at the times of the post's comments (synthetic timing: the totals are known only later), or
one event at the post's own time where it has none."""
import gzip
import json
import sys


def line(topic, t, value):
    print(json.dumps({"topic": topic, "timestamp": t * 1000, "value": value}, separators=(",", ":")))


def main():
    events = [json.loads(raw) for raw in gzip.open(sys.argv[1])]
    comments, likes = {}, {}
    for e in events:
        if e["e"] == "comment":
            comments[e["post"]] = comments.get(e["post"], 0) + 1
        elif e["e"] == "post":
            likes[e["post"]] = e["likes_final"]
    left = dict(comments)
    for e in events:
        t = e["t"]
        if e["e"] == "profile":
            line("profiles", t, {"creator_id": e["creator"], "platform": "INSTAGRAM", "observed_at": t * 1000, "followers": e["followers"],
                                 "following": e["following"], "posts": e["posts"]})
        elif e["e"] == "post":
            line("posts", t, {"creator_id": e["creator"], "post_id": e["post"], "posted_at": t * 1000, "tags": e["tags"][:60],
                              "mentions": e["mentions"][:60], "sponsors": e["sponsors"], "disclosed": bool(e["ad"])})
            if e["post"] not in comments and e["likes_final"]:
                line("interactions", t, {"creator_id": e["creator"], "post_id": e["post"], "kind": "LIKE", "count": e["likes_final"],
                                         "occurred_at": t * 1000})
        else:
            line("interactions", t, {"creator_id": e["creator"], "post_id": e["post"], "actor_id": e["actor"], "kind": "COMMENT",
                                     "occurred_at": t * 1000, "comment": {"words": e["words"], "emoji": e["emoji"], "reply": bool(e["reply"]),
                                                                          "fingerprint": int(e["dup"][1:] or "0", 16) if e["dup"] else 0}})
            share = likes.get(e["post"], 0) // left.get(e["post"], 1)
            if share:
                likes[e["post"]] -= share
                line("interactions", t, {"creator_id": e["creator"], "post_id": e["post"], "kind": "LIKE", "count": share,
                                         "occurred_at": t * 1000})
            left[e["post"]] -= 1


if __name__ == "__main__":
    main()
