"""fences.py REDIS_PORT ENDS: exit 0 when every lane's fence has applied and published everything up to the ends given."""
import re
import socket
import sys


class Redis:
    """The few lines of RESP this needs: a command, an answer of strings, integers, nulls and lists."""

    def __init__(self, port, timeout=None):
        self.file = socket.create_connection(("127.0.0.1", int(port)), timeout).makefile("rwb")

    def __call__(self, *words):
        self.file.write(b"*%d\r\n" % len(words))
        for word in words:
            word = word.encode()
            self.file.write(b"$%d\r\n%s\r\n" % (len(word), word))
        self.file.flush()
        return self.answer()

    def answer(self):
        line = self.file.readline()[:-2].decode()
        kind, rest = line[:1], line[1:]
        if kind in ("", "-"):
            raise RuntimeError(rest or "Redis closed the connection")
        if kind == "$":
            return None if rest == "-1" else self.file.read(int(rest) + 2)[:-2].decode()
        if kind == "*":
            return [self.answer() for _ in range(int(rest))]
        return int(rest) if kind == ":" else rest


INPUTS = {"profiles": ("score", 0), "posts": ("score", 1), "interactions": ("score", 2), "affinity-updates": ("score", 3),
          "audience-edges": ("audience", 0)}  # topic → kind of worker, number among its inputs


def fences(redis, worker="score"):
    """partition → [(applied, published) per input], of every fence of a kind of worker in the database."""
    found = {}
    for key in redis("KEYS", f"mf:*:{worker}:*:fence"):
        text = redis("GET", key)
        if " swapped " in text:  # of a replay: the live fence of that lane says more
            continue
        lane = int(re.search(r"\{p(\d+)\.", key).group(1))
        found[lane] = [tuple(map(int, m.split(",")[:2])) for m in re.findall(r" \d=(\S+)", text)]
    return found


def main():
    redis = Redis(sys.argv[1])
    found = {worker: fences(redis, worker) for worker in ("score", "audience")}
    for line in open(sys.argv[2]):
        topic, partition, end = line.split()
        worker, i = INPUTS[topic]
        applied, published = (found[worker].get(int(partition), []) + [(0, 0)] * 4)[i]
        if applied != int(end) or published != int(end):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
