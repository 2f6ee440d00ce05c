"""values: random values of a schema, and an encoder that also splits arrays into blocks. A value of a union is a U(branch, value), so that
nobody has to guess."""
import string
import struct

from schemas import PRIMITIVES, resolve, word


class U(tuple):
    """(branch, value)"""


def make(rng, names, t, mains, big=False):
    t = resolve(names, t)
    kind = word(t)
    if kind == "union":
        main = mains.get(id(t))
        branch = main if main is not None and rng.random() < 0.8 else rng.randrange(len(t))
        if main is not None and "null" in t and rng.random() < 0.15:
            branch = t.index("null")
        return U((branch, make(rng, names, t[branch], mains, big)))
    if kind == "record":
        return {f["name"]: make(rng, names, f["type"], mains, big) for f in t["fields"]}
    if kind in ("array", "map"):
        n = rng.choice([0, 0, 1, 2, 3, 5]) if rng.random() < 0.97 or not big else rng.choice([70, 4096, 4097])
        inner = t["items" if kind == "array" else "values"]
        if n > 100 and word(resolve(names, inner)) not in PRIMITIVES:
            n = 100
        items = [make(rng, names, inner, mains) for _ in range(n)]
        return items if kind == "array" else {text(rng) + str(i): v for i, v in enumerate(items)}
    if kind == "enum":
        return rng.choice(t["symbols"])
    if kind in ("int", "long"):
        bits = rng.randint(0, 31 if kind == "int" else 63)
        n = rng.choice([2**bits - 1, -2**bits, rng.randrange(2**bits)])
        return n if rng.random() < 0.5 else rng.randint(-70, 70)
    if kind in ("float", "double"):
        size, code = (4, "<f") if kind == "float" else (8, "<d")
        x = struct.unpack(code, rng.randbytes(size))[0] if rng.random() < 0.7 else rng.choice([0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan")])
        return x
    if kind == "bytes":
        return rng.randbytes(rng.choice([0, 1, 5, 64, 200])) if rng.random() < 0.2 else text(rng).encode()
    return {"null": None, "boolean": rng.random() < 0.5, "string": text(rng), "fixed": rng.randbytes(t["size"]) if kind == "fixed" else b""}[kind]


def text(rng):
    alphabet = rng.choice([string.ascii_letters, string.printable, "h\u00e9\u20ac\U0001f600\U0010ffff\ud7ff\ue000\u07ff\u0800", "\u0000\u007f\u0080"])
    return "".join(rng.choices(alphabet, k=rng.choice([0, 1, 2, 7, 8, 9, 16, 40, 150])))


def for_fastavro(names, t, v):
    t = resolve(names, t)
    kind = word(t)
    if kind == "union":
        branch = resolve(names, t[v[0]])
        named = word(branch) in ("record", "enum", "fixed")
        return (f"{branch['namespace']}.{branch['name']}" if named else word(branch), for_fastavro(names, branch, v[1]))
    if kind == "record":
        return {f["name"]: for_fastavro(names, f["type"], v[f["name"]]) for f in t["fields"]}
    if kind == "array":
        return [for_fastavro(names, t["items"], x) for x in v]
    if kind == "map":
        return {k: for_fastavro(names, t["values"], x) for k, x in v.items()}
    return v


def put_long(out, n):
    n = (n << 1) ^ (n >> 63)
    while n > 0x7f:
        out.append(n & 0x7f | 0x80)
        n >>= 7
    out.append(n)


def encode(names, t, v, out, blocks=None):
    """blocks: None, or a random source by which arrays and maps are cut into blocks, some with their size in bytes."""
    t = resolve(names, t)
    kind = word(t)
    if kind == "union":
        put_long(out, v[0])
        encode(names, t[v[0]], v[1], out, blocks)
    elif kind == "record":
        for f in t["fields"]:
            encode(names, f["type"], v[f["name"]], out, blocks)
    elif kind in ("array", "map"):
        items = list(v.items()) if kind == "map" else v
        while items:
            n = blocks.randint(1, len(items)) if blocks else len(items)
            block = bytearray()
            for item in items[:n]:
                if kind == "map":
                    encode(names, "string", item[0], block)
                encode(names, t["values" if kind == "map" else "items"], item[1] if kind == "map" else item, block, blocks)
            if blocks and blocks.random() < 0.5:
                put_long(out, -n)
                put_long(out, len(block))
            else:
                put_long(out, n)
            out += block
            items = items[n:]
        out.append(0)
    elif kind == "enum":
        put_long(out, t["symbols"].index(v))
    elif kind in ("int", "long"):
        put_long(out, v)
    elif kind in ("float", "double"):
        out += struct.pack("<f" if kind == "float" else "<d", v)
    elif kind == "boolean":
        out.append(v)
    elif kind in ("bytes", "string"):
        raw = v.encode() if kind == "string" else v
        put_long(out, len(raw))
        out += raw
    elif kind == "fixed":
        out += v
