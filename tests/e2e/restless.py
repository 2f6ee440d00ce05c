"""restless.py EVENTS: rewrites a generated stream in place so that what it makes seldom happens often: a third of the creators
follows and unfollows, another wins followers that leave again, a third posts what looks paid and does not say so. One record of 200 comes
once more with an amount that no sum could hold."""
import json
import sys
import zlib

DAY = 86400000


def restless(topic, r):
    """One record; what a creator does hangs on its name."""
    way, days = zlib.crc32(r["creator_id"].encode()) % 3, r.get("observed_at", 0) // DAY
    if topic == "profiles" and way == 1:
        r["following"] = (r.get("following") or 0) + 150 * (days % 3)
    if topic == "profiles" and way == 2 and days % 12 < 4:
        r["followers"] += r["followers"] // 2
    if topic == "posts" and way == 0 and zlib.crc32(r["post_id"].encode()) % 2:
        r["text"] = (r.get("text") or "") + " @someone use code SAVE20 for 20% off"


def swollen(topic, r, i):
    """The record with one amount beyond 10^12, above or below."""
    most = (10 ** 12 + i) * (-1) ** i
    if topic == "profiles":
        return {**r, "price_per_post": {"minor_units": most, "currency": "EUR"}} if i % 3 else {**r, "followers": abs(most)}
    if topic == "posts":
        return {**r, "metrics": {"observed_at": r["posted_at"], "likes": most}}
    return {**r, "value": {"minor_units": most, "currency": "EUR"}} if i % 3 else {**r, "count": most}


def main():
    lines = []
    for i, line in enumerate(open(sys.argv[1]), 1):
        event = json.loads(line)
        restless(event["topic"], event["value"])
        lines.append(json.dumps(event, ensure_ascii=False) + "\n")
        if i % 200 == 0:
            lines.append(json.dumps({**event, "value": swollen(event["topic"], event["value"], i)}, ensure_ascii=False) + "\n")
    open(sys.argv[1], "w").writelines(lines)


main()
