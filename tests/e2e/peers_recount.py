"""The histograms of peers in Redis against the entries of the creators themselves, lane by lane, and, with a file of
the topic peer-tables, its newest table against the reference's quantiles of their sum.

    python3 peers_recount.py REDIS_PORT [PEER_TABLES]
"""
import json
import re
import sys
from collections import Counter
from pathlib import Path

from fences import Redis

sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))
from compare import RATE, close  # noqa: E402
from methodology import load  # noqa: E402
from peers import Histogram  # noqa: E402
from tier import cells, lay  # noqa: E402

PLATFORMS = ("OTHER", "INSTAGRAM", "TIKTOK", "YOUTUBE", "X", "FACEBOOK", "LINKEDIN", "TWITCH", "PINTEREST", "SNAPCHAT")


def lanes(redis):
    """(prefix of the creators, generation) of each live lane."""
    for key in redis("KEYS", "mf:default:score:*:fence"):
        fence = redis("GET", key)
        data = re.search(r" data=(\S+)", fence)
        prefix = key.removesuffix("fence")
        yield (prefix.replace("mf:default:", f"mf:{data[1]}:") if data else prefix,
               re.search(r"gen=(\w+)", fence)[1])


def recount(redis, prefix, generation):
    """Entries of the lane's creators: {"platform band bin": how many}."""
    entries = Counter()
    for key in redis("KEYS", prefix.replace("{", "\\{") + "c:*"):
        entry, own = redis("HMGET", key, "q", "e")
        if entry is not None and own.startswith(generation):
            entries[entry] += 1
    return entries


def main():
    """Prints what was compared; exit 1 when anything differs."""
    redis, total, different = Redis(sys.argv[1]), Counter(), 0
    for prefix, generation in lanes(redis):
        flat = redis("HGETALL", prefix + "peers")
        histogram = Counter({field: int(n) for field, n in zip(flat[::2], flat[1::2])})
        entries = recount(redis, prefix, generation)
        for field in set(histogram) | set(entries):
            if histogram[field] != entries[field]:
                different += 1
                print(f"{prefix}peers {field}: {histogram[field]} but {entries[field]} creators are there")
        total += entries
    print(f"{sum(total.values())} entries in {len(total)} bins, {different} differences")
    if len(sys.argv) > 2:
        different += table_differs(total, sys.argv[2])
    return 1 if different or not total else 0


def table_differs(entries, path):
    """The newest table: the cells of the sum, their n and quantiles."""
    lay(load()[0])
    table = [json.loads(line)["value"] for line in open(path, encoding="utf-8")][-1]
    sums, different = {}, 0
    for entry, n in entries.items():
        platform, band, place = map(int, entry.split())
        sums.setdefault((PLATFORMS[platform], *cells()[band]), Histogram()).bins[place] += n
    found = {(cell["platform"], cell["tier"], cell["band"]): cell for cell in table["cells"]}
    for place in set(sums) | set(found):
        wanted = sums[place].cell() if place in sums else None
        cell = found.get(place)
        same = wanted and cell and wanted.n == cell["n"] and all(
            close(x, y, RATE) for x, y in zip(wanted.quantiles, cell["quantiles"], strict=True))
        if not same:
            different += 1
            print(f"table {table['version']}, {place}: {cell} but {wanted}")
    print(f"table {table['version']}: {len(found)} cells, {different} differences")
    return different


if __name__ == "__main__":
    sys.exit(main())
