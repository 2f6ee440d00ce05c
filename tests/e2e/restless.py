"""restless.py EVENTS: rewrites a generated stream in place so that what it makes seldom happens often: a third of the creators
follows and unfollows, another wins followers that leave again, a third posts what looks paid and does not say so."""
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


def main():
    lines = []
    for line in open(sys.argv[1]):
        event = json.loads(line)
        restless(event["topic"], event["value"])
        lines.append(json.dumps(event, ensure_ascii=False) + "\n")
    open(sys.argv[1], "w").writelines(lines)


main()
