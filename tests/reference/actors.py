"""§0.1, actors: 3 slices of 14 days with distinct actors and the bottom-64 sample; §4: P(fake) of one actor.

Distinct actors are kept as an exact set of keyed hashes; `Registers` is the HyperLogLog of the page over them.
An actor of the bottom 64 of the slices' union was in the bottom 64 of each slice it met at all times, so what the
sample knows of it is complete, whatever the order of the records.
"""
import struct
from math import exp, floor, log

from methodology import C

DAY = 86_400_000
MASK = (1 << 64) - 1


def siphash(key, data):
    """SipHash-2-4 with a key of 16 bytes, as an unsigned 64-bit number (Aumasson and Bernstein, 2012)."""
    k0, k1 = struct.unpack("<QQ", key)
    v0, v1 = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    v2, v3 = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573
    tail = len(data) % 8
    last = data[len(data) - tail:] + bytes(7 - tail) + bytes([len(data) & 255])
    words = struct.unpack(f"<{len(data) // 8}Q", data[:len(data) - tail]) + struct.unpack("<Q", last)
    for word, rounds in [(word, 2) for word in words] + [(None, 4)]:
        if word is None:
            v2 ^= 0xFF
        else:
            v3 ^= word
        for _ in range(rounds):
            v0 = (v0 + v1) & MASK
            v1 = ((v1 << 13) | (v1 >> 51)) & MASK ^ v0
            v0 = ((v0 << 32) | (v0 >> 32)) & MASK
            v2 = (v2 + v3) & MASK
            v3 = ((v3 << 16) | (v3 >> 48)) & MASK ^ v2
            v0 = (v0 + v3) & MASK
            v3 = ((v3 << 21) | (v3 >> 43)) & MASK ^ v0
            v2 = (v2 + v1) & MASK
            v1 = ((v1 << 17) | (v1 >> 47)) & MASK ^ v2
            v2 = ((v2 << 32) | (v2 >> 32)) & MASK
        if word is not None:
            v0 ^= word
    return v0 ^ v1 ^ v2 ^ v3


def fake(actor):
    """§4, P(fake) of one actor record, unrounded; `is_private` is never used."""
    f, g, p = (max(actor[name], 0) for name in ("followers", "following", "posts"))
    picture, digits = actor.get("has_picture"), actor.get("name_digits")
    no_picture = C["fake.picture_unknown"] if picture is None else float(not picture)
    digits = C["fake.digits_unknown"] if digits is None else min(max(digits, 0), C["fake.digits_most"])
    z = (C["fake.intercept"] + C["fake.ratio"] * (log(1 + g) - log(1 + f)) + C["fake.posts"] * log(1 + p)
         + C["fake.following"] * max(0.0, log((1 + g) / (1 + C["fake.following_from"])))
         + C["fake.no_picture"] * no_picture + C["fake.digits"] * digits)
    return 1 / (1 + exp(-z)) if z > -700 else 0.0


def in_255ths(p):
    """P(fake) in 1/255, halves up."""
    return floor(255 * p + 0.5)


def varint(rest):
    """A number, seven bits a byte, the low ones first."""
    value = shift = 0
    for byte in rest:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value
    raise ValueError("it ends within a number")


SPARSE = 512  # registers in use, at most, in the first form of a sketch (fit-score.avsc)


class Registers:
    """HyperLogLog of 2^11 registers: the top 11 bits choose one, it keeps the most leading zeros + 1 of the rest."""

    def __init__(self, hashes=()):
        self.bits, self.places = C["state.hll_bits"], None
        self.ranks = bytearray(1 << self.bits)
        for h in hashes:
            self.add(h)

    def add(self, h):
        """One hash of 64 bits."""
        i, rest = h >> (64 - self.bits), h & ((1 << (64 - self.bits)) - 1)
        self.ranks[i] = max(self.ranks[i], 64 - self.bits - rest.bit_length() + 1)
        self.places = None

    @staticmethod
    def unpacked(data):
        """Of the bytes of a fit (fit-score.avsc, `actors`); none: of nobody. Below 8000 and ffff: as it was before."""
        found, n = Registers(), int.from_bytes(data[:2], "little")
        rest, place = iter(data[2:]), -1
        if n < 0x8000 or n == 0xFFFF:
            words = [int.from_bytes(data[i:i + 3], "little") for i in range(2, len(data), 3)]
            if n == 0xFFFF:
                found.ranks = bytearray(word >> 6 * k & 63 for word in words for k in range(4))
            for word in words[:n] if n < 0x8000 else ():
                found.ranks[word >> 8] = word & 255
            return found
        if n == 0xFFFE:
            least, pairs = next(rest), bytes(next(rest) for _ in range(len(found.ranks) // 2))
            above = [pair >> 4 * k & 15 for pair in pairs for k in range(2)]
            found.ranks = bytearray(next(rest) if nibble == 15 else least + nibble for nibble in above)
        for _ in range(n & 0x7FFF if n != 0xFFFE else 0):
            word = varint(rest)
            place += 1 + (word >> 3)
            found.ranks[place] = word & 7 or next(rest)
        assert next(rest, None) is None, "nothing is left over"
        return found

    def packed(self):
        """The same the other way round."""
        return self.packed_used() if len(self.used()) <= SPARSE else self.packed_all()

    def packed_used(self):
        data, before = bytearray((0x8000 + len(self.used())).to_bytes(2, "little")), -1
        for place, rank in self.used():
            word, before = place - before - 1 << 3 | (rank if rank < 8 else 0), place
            while word > 127:
                data.append(word & 127 | 128)
                word >>= 7
            data += bytes([word] + [rank] * (rank > 7))
        return bytes(data)

    def packed_all(self):
        least = min(self.ranks)
        above = [min(rank - least, 15) for rank in self.ranks]
        pairs = bytes(low | high << 4 for low, high in zip(above[::2], above[1::2]))
        return b"\xfe\xff" + bytes([least]) + pairs + bytes(rank for rank in self.ranks if rank - least >= 15)

    def used(self):
        """The registers that are not 0."""
        if self.places is None:
            self.places = [(i, rank) for i, rank in enumerate(self.ranks) if rank]
        return self.places

    def union(self, other):
        """The larger of each register."""
        joined = Registers()
        joined.ranks = ranks = bytearray(self.ranks)
        for i, rank in other.used():
            if rank > ranks[i]:
                ranks[i] = rank
        return joined

    def estimate(self):
        """Ertl 2017, improved raw estimator, which needs no other for small numbers (Reading); no rank is ever so large
        that its term for saturated registers counts."""
        m = len(self.ranks)
        used = sum(self.ranks.count(rank) * 2.0 ** -rank for rank in range(1, 65 - self.bits))
        x, y = self.ranks.count(0) / m, 1.0
        if x == 1:
            return 0.0
        empty = x                                # sigma of the paper
        while True:
            x, before = x * x, empty
            empty, y = empty + x * y, y + y
            if empty == before:
                return m * m / (2 * log(2) * (used + m * empty))


class Slice:
    """14 days: the distinct actors, and what is known of the 64 smallest hashes."""

    def __init__(self, index):
        self.index, self.hashes, self.sample, self.largest = index, set(), {}, -1

    def add(self, h, verdict, post_id):
        """One act; verdict in 1/255 or None, post_id or None."""
        self.hashes.add(h)
        kept = self.sample.get(h)
        if kept is None:
            if len(self.sample) == C["state.sample"]:
                if h > self.largest:
                    return
                del self.sample[self.largest]
            kept = self.sample[h] = [None, set()]
            self.largest = max(self.sample)
        note(kept, verdict, post_id)


def note(kept, verdict, *post_ids):
    """Of two P(fake) the larger; the first two different posts."""
    if verdict is not None:
        kept[0] = verdict if kept[0] is None else max(kept[0], verdict)
    for post_id in post_ids:
        if post_id is not None and len(kept[1]) < 2:
            kept[1].add(post_id)


class Actors:
    """The ring of slices; a slot belongs to the newest slice seen, like those of hours and days."""

    def __init__(self):
        self.slices = {}

    def add(self, time, h, verdict, post_id):
        """One act of somebody else with count > 0, not late."""
        index = time // (C["state.slice_days"] * DAY)
        place = index % C["state.slices"]
        kept = self.slices.get(place)
        if kept is None or kept.index < index:
            kept = self.slices[place] = Slice(index)
        if kept.index == index:
            kept.add(h, verdict, post_id)

    def living(self, as_of):
        """Reading: the slice of as_of and the two before it; older ones have expired although they are there."""
        newest = as_of // (C["state.slice_days"] * DAY)
        return [s for s in self.slices.values() if newest - C["state.slices"] < s.index <= newest]

    def unique(self, as_of):
        """Distinct actors of the slices' union, exact."""
        return len(set().union(*(s.hashes for s in self.living(as_of))))

    def unique_sketch(self, as_of):
        """The same by HyperLogLog."""
        return Registers(set().union(*(s.hashes for s in self.living(as_of)))).estimate()

    def sample(self, as_of):
        """hash -> [verdict, posts] of the bottom 64 of the slices' union."""
        union = {}
        for s in self.living(as_of):
            for h, (verdict, post_ids) in s.sample.items():
                note(union.setdefault(h, [None, set()]), verdict, *sorted(post_ids))
        return {h: union[h] for h in sorted(union)[:C["state.sample"]]}
