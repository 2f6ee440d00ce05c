"""traffic: the producer of known events. Lines of `generate` go at a steady rate into `produce`, which sends each exactly once
(idempotent, waits out any weather). It knows the partition of every key, so it knows the end of every log without asking, and every
counter.

Days pass in seconds here, and a reaction that comes a day before its post counts for nothing (a placeholder lives 24 h). So the first
record of each post goes ahead; what is said of it later (deleted, labelled, moved) flows with the rest. The days are moved to the last
weeks: a broker that starts forgets producers whose newest record is older than producer.id.expiration.ms, and with them what they sent."""
import contextlib
import json
import subprocess
import threading
import time
from collections import defaultdict

INPUTS = ["profiles", "posts", "interactions"]
PARTITIONS = 8
KEPT = 32  # posts of a creator
DAYS, DAY = 18, 86400000
TIMES = ("occurred_at", "posted_at", "observed_at")


def murmur2(data):
    """As the Java clients' partitioner."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = 0x9747B28C ^ len(data)
    whole = len(data) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i:i + 4], "little") * m & mask
        h = h * m & mask ^ (k ^ k >> 24) * m & mask
    if len(data) > whole:
        h = (h ^ int.from_bytes(data[whole:], "little")) * m & mask
    h = (h ^ h >> 13) * m & mask
    return h ^ h >> 15


def partition_of(key):
    """Home of a creator."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % PARTITIONS


def place_of(event):
    """(lane, input) that an event goes to."""
    return partition_of(event["value"]["creator_id"]), INPUTS.index(event["topic"])


def moved(node, by):
    """An event some ms later."""
    for name, value in node.items():
        if isinstance(value, dict):
            moved(value, by)
        elif name in TIMES + ("timestamp",) and value is not None:
            node[name] = value + by
    return node


def order(events):
    """(first records of posts, the rest), of each creator as many posts as are kept: which of more are, depends on the order."""
    ahead, rest, posts, dropped = [], [], defaultdict(set), set()
    for event in events:
        post, mine = event["value"].get("post_id"), posts[event["value"]["creator_id"]]
        first = event["topic"] == "posts" and post not in mine
        if first and len(mine) == KEPT:
            dropped.add(post)
        if post in dropped:
            continue
        if first:
            mine.add(post)
        (ahead if first else rest).append(event)
    return ahead, rest


def generate(stack, seed, wanted, creators, more=()):
    """So many events (more: options of the generator), the same for the same seed but for the day they end, in the order in which they are sent: (ahead, rest)."""
    stack.command("generate", "--creators", str(creators), "--posts", "12", "--singles", "4", "--days", str(DAYS),
                  "--seed", str(seed), *more, "--out", str(stack.dir / "all"), log="tools.log").wait()
    with open(stack.dir / "all") as lines:
        events = [json.loads(line) for _, line in zip(range(wanted), lines)]
    latest = max(event["timestamp"] for event in events)
    by = (int(time.time() * 1000) - latest) // DAY * DAY - DAY
    return order(moved(event, by) for event in events)


class Traffic:
    """Feeds events; `ends` is (lane, input) -> how many records were handed over so far. The rest waits for go()."""

    def __init__(self, stack, ahead, rest, rate):
        self.stack, self.ahead, self.rest, self.rate, self.ends = stack, ahead, rest, rate, {}
        self.started, self.gone, self.lock = threading.Event(), threading.Event(), threading.Lock()
        self.produce = stack.command("produce", "--timestamps", "event", "-", log="produce.log",
                                     stdin=subprocess.PIPE, text=True)
        self.thread = threading.Thread(target=self._feed, daemon=True)
        self.thread.start()

    def _feed(self):
        with contextlib.suppress(BrokenPipeError):
            self._feed_all()

    def _feed_all(self):
        for event in self.ahead:
            self._send(event)
        self.produce.stdin.flush()
        self.gone.set()
        self.started.wait()
        began = time.monotonic()
        for n, event in enumerate(self.rest):
            wait = began + n / self.rate - time.monotonic()
            if wait > 0.02:
                self.produce.stdin.flush()
                time.sleep(wait)
            self._send(event)
        self.produce.stdin.close()

    def _send(self, event):
        self.produce.stdin.write(json.dumps(event) + "\n")
        place = place_of(event)
        with self.lock:
            self.ends[place] = self.ends.get(place, 0) + 1

    def go(self):
        """The rest, from now on."""
        self.started.set()

    def broken(self):
        """What produce said if it gave up."""
        return self.produce.poll() and f"produce gave up: {(self.stack.dir / 'produce.log').read_text()[-300:]}"

    def sent(self):
        """All events in the order in which they were sent."""
        return self.ahead + self.rest

    def snapshot(self):
        """The ends of all logs as far as fed."""
        with self.lock:
            return dict(self.ends)

    def finish(self, seconds):
        """Everything is fed and acknowledged: True."""
        self.thread.join(seconds)
        return self.produce.wait(seconds) == 0
