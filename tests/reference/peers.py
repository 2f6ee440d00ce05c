"""§3, peers: histogram of a cell, its quantiles, percentile and peer score, benchmark fallback."""
import json
from bisect import bisect_left
from contextlib import nullcontext
from math import exp, floor, log
from typing import NamedTuple

from common import round_rate
from methodology import C, DATA, read


def levels():
    """Of the quantiles, in percent."""
    return tuple(round(100 * q, 9) for q in C["peers.quantiles"])


class Cell(NamedTuple):
    """Quantiles of a platform × band; source STREAM or BENCHMARK."""
    n: int
    quantiles: tuple
    source: str = "STREAM"

    def at(self, level):
        """The quantile of a level in percent."""
        return self.quantiles[levels().index(level)]


class Peers:
    """Cells by (platform, band): those of the stream's table, and the benchmarks for cells with n < 100."""

    def __init__(self, stream=None, benchmarks=None, always=None):
        self.stream, self.benchmarks, self.always = stream or {}, benchmarks or {}, always

    def cell(self, platform, band):
        """The cell in use, None without any; `always` (of the worked examples) stands for every cell."""
        if self.always is not None:
            return self.always
        cell = self.stream.get((platform, band))
        return cell if cell is not None and cell.n >= C["peers.least"] else self.benchmarks.get((platform, band))


class Histogram:
    """64 equal bins over ln 1e-5 .. ln 1; one entry per creator, m of §2."""

    def __init__(self, bins=None):
        self.bins = [0] * C["peers.bins"]
        for i, n in (bins or {}).items():
            self.bins[int(i)] = n
        self.low = log(C["peers.low"])
        self.width = (log(C["peers.high"]) - self.low) / len(self.bins)

    def place(self, m):
        """The bin of an entry; beyond the ends it counts in the end bins. Reading: m is rounded like a rate."""
        return min(max(floor((round_rate(m) - self.low) / self.width), 0), len(self.bins) - 1)

    def add(self, m, n=1):
        """An entry (n = −1 takes it out)."""
        self.bins[self.place(m)] += n

    def merge(self, other):
        """Lane 0's owner adds up the lanes."""
        self.bins = [a + b for a, b in zip(self.bins, other.bins)]

    def quantile(self, q):
        """Linear interpolation; the mass of a bin is even in ln."""
        wanted, below = q * sum(self.bins), 0
        for i, n in enumerate(self.bins):
            if n and below + n >= wanted:
                return exp(self.low + (i + (wanted - below) / n) * self.width)
            below += n
        return None

    def cell(self):
        """The published quantiles."""
        return Cell(sum(self.bins), tuple(self.quantile(q) for q in C["peers.quantiles"]))


def percentile(x, quantiles):
    """0..100 by linear interpolation of the quantiles in ln; 1 or 99 outside the table."""
    at = levels()
    if x <= quantiles[0]:
        return at[0]
    if x >= quantiles[-1]:
        return at[-1]
    i = bisect_left(quantiles, x)                # Reading: among equal quantiles the lowest level
    low, high = log(quantiles[i - 1]), log(quantiles[i])
    return at[i - 1] + (at[i] - at[i - 1]) * (log(x) - low) / (high - low)


def peer_score(x, b):
    """75·x/b if x ≤ b, else 100 − 25·b/x."""
    at = C["peers.at_median"]
    return at * x / b if x <= b else 100 - (100 - at) * b / x


def benchmarks():
    """Cells of data/benchmarks, by (platform, band); empty without the files.

    A section is a platform, a line TIER or TIER/BAND = the quantiles; a tier without bands is its own band.
    """
    cells = {}
    for path in sorted((DATA / "benchmarks").glob("*.conf")):
        for platform, rows in read(path).items():
            for entry, quantiles in rows.items() if platform != "benchmark" else ():
                cells[platform, entry.split("/")[-1]] = Cell(0, quantiles, "BENCHMARK")
    return cells


def tables(path):
    """digest -> Peers of each record of the topic peer-tables; None -> the benchmarks alone.

    Reading: a record that names no published table was compared with a benchmark.
    """
    shipped = benchmarks()
    found = {None: Peers({}, shipped)}
    with open(path, encoding="utf-8") if path else nullcontext(()) as stream:
        for line in stream:
            table = json.loads(line)["value"]
            if table is not None:
                cells = {(cell["platform"], cell["band"]): Cell(cell["n"], tuple(cell["quantiles"]))
                         for cell in table["cells"]}
                found[table["digest"]] = Peers(cells, shipped)
    return found
