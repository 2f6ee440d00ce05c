"""oracle.py [--strict] DECODER [SEED [SECONDS]]; oracle.py --seeds FOLDER: random writers and values against fastavro (and avro-c, inside DECODER = build/oracle_decode).

A schema pair a round: fastavro writes the values, resolves them to the reader's schema, and what it reads must be what avro_decode
stores, bit by bit; what it refuses must be refused. Then the bytes lie: DECODER sees that nothing is read beyond the end, and some of
the lies are put to fastavro too. --strict also makes what is known to differ (see KNOWN). Same seed, same rounds (only their number
depends on the machine). Ends with one line `N passed, N failed`."""
import collections
import io
import json
import os
import random
import struct
import subprocess
import sys
import time

import fastavro

from schemas import FILES, BOOL, BYTES, F64, I32, LIST, MAP, Reader, Writer, plain, resolve, word
from values import encode, for_fastavro, make

COMPARED_REJECTS = {"truncated", "bad_utf8"}  # the other words are stricter than fastavro
STRICT = "--strict" in sys.argv
NUMBERS = collections.Counter()
WIDTH = int(os.environ.get("WIDTH", "100000"))  # of a line about a failure


class Decoder:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.last = ""

    def ask(self, **request):
        self.last = json.dumps(request)
        self.process.stdin.write(self.last + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            print(f"the decoder died (status {self.process.wait()}) of: {self.last}")
            NUMBERS["failed"] += 1
            finish()
        return json.loads(line)


def finish():
    detail = ", ".join(f"{n} {k}" for k, n in sorted(NUMBERS.items()) if k not in ("passed", "failed"))
    print(detail)
    print(f"{NUMBERS['passed']} passed, {NUMBERS['failed']} failed")
    sys.exit(NUMBERS["failed"] > 0)


def judge(good, what, *detail):
    NUMBERS["passed" if good else "failed"] += 1
    NUMBERS[what] += 1
    if not good:
        print(f"FAIL {what}", *(str(d)[:WIDTH] for d in detail), sep="\n  ")
        if NUMBERS["failed"] >= 10:
            finish()
    return good


def bits(x):
    return "nan" if x != x else struct.pack(">d", x).hex()


def one(kind, t, v):
    """A resolved value as DECODER prints it."""
    if kind == BOOL:
        return v
    if kind == F64:
        return bits(float(v))
    if kind == LIST:
        return [one(BYTES, t["items"], x) for x in v]
    if kind == MAP:
        return {k.encode("utf-8", "strict" if STRICT else "surrogateescape").hex(): bits(float(x)) for k, x in v.items()}
    if kind == BYTES:
        raw = word(t) in ("bytes", "fixed")
        return (v.encode("latin-1" if raw else "utf-8") if isinstance(v, str) else v).hex()
    return t["symbols"].index(v) if word(t) == "enum" else v


ZERO = {BOOL: False, F64: bits(0.0), LIST: [], MAP: {}, BYTES: None}


def expected(reader, record):
    """What ours must store, and the same with null for every null (avro-c's answer)."""
    mine, nulls = [], []
    for path, kind, how, t in reader.fields:
        v = record
        for part in path.split("."):
            v = None if v is None else v[part]
        if how == "presence":
            mine.append(v is not None)
            nulls.append(v is not None)
        else:
            nulls.append(None if v is None else one(kind, t, v))
            mine.append(ZERO.get(kind, 0) if v is None and how == "plain" else nulls[-1])
    return mine, nulls


def as_maps(reader, values):
    return [dict(v) if kind == MAP and isinstance(v, list) else v for (_, kind, _, _), v in zip(reader.fields, values)]


def as_avro_c(reader, values):
    """Its ways: floats stay floats, keys end at a NUL (here: everything with one is left out), an empty list in a union is null."""
    def narrow(x):
        try:
            return bits(struct.unpack("<f", struct.pack("<f", struct.unpack(">d", bytes.fromhex(x))[0]))[0]) if x != "nan" else x
        except OverflowError:
            return "too large for a float"

    out = []
    for (_, kind, _, t), v in zip(reader.fields, values):
        if kind == MAP and v:
            if any("00" in (k[i:i + 2] for i in range(0, len(k), 2)) for k in v):
                v = "keys with NUL"
            elif word(t["values"]) == "float":
                v = {k: narrow(x) for k, x in v.items()}
        elif kind == F64 and word(t) == "float" and v is not None:
            v = narrow(v)
        out.append(v or None if kind in (LIST, MAP) else v)
    return out


def too_many(reader, values):
    """Do lists or maps of this record hold more items than the scratch?"""
    by_kind = collections.Counter()
    for (_, kind, _, _), v in zip(reader.fields, values):
        by_kind[kind] += len(v) if kind in (LIST, MAP) and v else 0
    return max(by_kind[LIST], by_kind[MAP]) > 4096


def theirs(data, writer, reader):
    """fastavro's resolved record, or the reason it refuses. Bad UTF-8 stays in it: one() knows whose business it is."""
    stream = io.BytesIO(data)
    try:
        record = fastavro.schemaless_reader(stream, writer.parsed, reader.parsed, handle_unicode_errors="surrogateescape")
    except Exception as e:  # it has many kinds of them
        return None, f"{type(e).__name__}: {e}"
    return (record, "") if stream.tell() == len(data) else (None, f"read {stream.tell()} of {len(data)}")


def shape(names, t, data):
    """Walks an encoding without resolving it: "odd" when it does not end where the bytes end, "sizes lie" when a block's size in bytes
    disagrees with its items (we ignore it, fastavro jumps by it), else "fits". (fastavro skips lying counts for ever, so it is asked
    about what fits only.)"""
    at, lying = 0, False

    def number():
        nonlocal at
        n = shift = 0
        while True:
            byte = data[at]
            at += 1
            n |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return (n >> 1) ^ -(n & 1)

    def advance(n):
        nonlocal at
        at += n
        if n < 0 or at > len(data):
            raise IndexError

    def walk(t):
        nonlocal lying
        t = resolve(names, t)
        kind = word(t)
        if kind == "union":
            branch = number()
            advance(min(branch, 0))
            walk(t[branch])
        elif kind == "record":
            for f in t["fields"]:
                walk(f["type"])
        elif kind in ("array", "map"):
            while (n := number()) != 0:
                size = number() if n < 0 else None
                start = at
                for _ in range(abs(n)):
                    if kind == "map":
                        walk("string")
                    walk(t["values" if kind == "map" else "items"])
                lying |= size is not None and size != at - start
        elif kind in ("string", "bytes"):
            advance(number())
        elif kind in ("int", "long"):
            number()
        elif kind == "enum":
            advance(min(0, len(t["symbols"]) - 1 - number()))
        elif kind != "null":
            advance({"boolean": 1, "float": 4, "double": 8}.get(kind) or t["size"])

    try:
        walk(t)
    except IndexError:
        return "odd"
    return "odd" if at != len(data) else "sizes lie" if lying else "fits"


def pruned(reader, t, path=""):
    """The reader's schema with the fields we ask for only: what we skip need not resolve. A namespace for each place, as a definition
    used twice may be asked for different fields."""
    t = resolve(reader.names, t)
    if isinstance(t, list):
        return [pruned(reader, b, path) for b in t]
    if word(t) in ("enum", "fixed", "record"):
        t = {**t, "namespace": "p" + path.replace(".", "_")}
    if word(t) == "record":
        below = [(path + "." + f["name"] if path else f["name"], f) for f in t["fields"]]
        t["fields"] = [{**f, "type": pruned(reader, f["type"], at)} for at, f in below
                       if any(p == at or p.startswith(at + ".") for p, _, _, _ in reader.fields)]
    return t


def context(reader, writer, data=b""):
    return f"reader {reader.name or reader.text}", f"writer {writer.text}", f"fields {[f[:3] for f in reader.fields]}", f"bytes {data.hex()}"


def compare(reader, writer, data, answer, what):
    """One decoded value against fastavro's."""
    record, reason = theirs(data, writer, reader)
    if reason.startswith("UnicodeEncodeError"):
        return True  # a string read as bytes is any bytes for us; fastavro cannot say them
    try:
        mine, nulls = expected(reader, record) if record is not None else ([], [])
    except UnicodeEncodeError:
        record, reason = None, "bad UTF-8"
    if record is None:
        return judge("reject" in answer, what, f"fastavro refuses ({reason}), ours {answer}", *context(reader, writer, data))
    if too_many(reader, mine):
        return judge(answer.get("reject") == "too_many_items", what, f"too many items, ours {str(answer)[:200]}", *context(reader, writer))
    found = as_maps(reader, answer.get("values", []))
    good = judge(found == mine, what, f"fastavro {mine}", f"ours     {found or answer}", *context(reader, writer, data))
    if good and answer.get("avro_c"):
        second, nulls = as_avro_c(reader, as_maps(reader, answer["avro_c"])), as_avro_c(reader, nulls)
        judge(all(a == b or b == "keys with NUL" for a, b in zip(second, nulls)), "avro-c", f"fastavro {nulls}", f"avro-c   {second}", *context(reader, writer, data))
    return good


def lies(decoder, rng, reader, writer, data):
    answer = decoder.ask(mutate=data.hex(), seed=rng.randrange(2**31), rounds=min(len(data), 3000) + 150, show=6)
    for key, n in answer["words"].items():
        NUMBERS["lies read" if key == "" else "lies rejected"] += n
    for shown in answer["shown"]:
        lie = bytes.fromhex(shown["bytes"])
        if "values" not in shown and shown["reject"] not in COMPARED_REJECTS:
            continue
        form = shape(writer.names, writer.schema, lie)
        if form == "odd":
            judge("reject" in shown, "lies compared", f"it does not fit, ours {shown}", *context(reader, writer, lie))
        elif form == "fits":
            compare(reader, writer, lie, shown, "lies compared")


def fingerprint(schema):
    return fastavro.schema.fingerprint(fastavro.schema.to_parsing_canonical_form(schema), "CRC-64-AVRO")


def one_round(decoder, rng, strict, values=12):
    reader = Reader(rng, rng.choice(FILES + [None] * 5), strict)
    writer = Writer(rng, reader, rng.random() < 0.3)
    answer = decoder.ask(avro_c=writer.near, reader=reader.name or reader.text, writer=writer.text, fields=[f[:3] for f in reader.fields])
    if writer.refusal:
        judge(answer.get("refused") in writer.refusal, "refusals", f"wanted {writer.refusal}: {answer}", *context(reader, writer))
        return
    if not judge("fingerprint" in answer, "compiled", answer, *context(reader, writer)):
        return
    reader.parsed = fastavro.parse_schema(plain(pruned(reader, reader.schema)))
    writer.parsed = fastavro.parse_schema(plain(json.loads(writer.text)))
    # fastavro prints the eight bytes as they lie in memory
    wanted = bytes.fromhex(fingerprint(writer.parsed))[::-1].hex()
    judge(answer["fingerprint"] == wanted, "fingerprints", f"fastavro {wanted}, ours {answer['fingerprint']}", *context(reader, writer))
    NUMBERS["pairs avro-c resolves"] += answer["avro_c"]
    for i in range(values):
        v = make(rng, writer.names, writer.schema, writer.mains, True)
        stream, data = io.BytesIO(), bytearray()
        fastavro.schemaless_writer(stream, writer.parsed, for_fastavro(writer.names, writer.schema, v))
        encode(writer.names, writer.schema, v, data)
        judge(bytes(data) == stream.getvalue(), "encoder", *context(reader, writer, data))
        if i % 2:
            data = bytearray()
            encode(writer.names, writer.schema, v, data, rng)
        compare(reader, writer, bytes(data), decoder.ask(decode=data.hex()), "values")
        if i < 3 and len(data) < 20000:
            lies(decoder, rng, reader, writer, bytes(data))


def seeds(folder):
    """Starting points for tests/fuzz/fuzz_avro.c: pick byte, our writer or one of its own and a NUL, record. Synthetic."""
    for i in range(16):
        rng = random.Random(f"seed {i}")
        name = (FILES + ["mixed"] * 11)[i]
        reader = Reader(rng, name if i < 5 else "post")
        writer = Writer(rng, reader, near=True) if i >= 5 else reader
        data = bytearray()
        encode(writer.names, writer.schema, make(rng, writer.names, writer.schema, {}), data)
        first = bytes([0x80 + 1 + i % 3]) + writer.text.encode() + b"\0" if i >= 5 else bytes([3 * i + [2, 0, 2, 1, 2][i]])
        with open(os.path.join(folder, f"{i:02}-{name}"), "wb") as out:
            out.write((first + data)[:4096])


def main():
    if sys.argv[1] == "--seeds":
        return seeds(sys.argv[2])
    words = [a for a in sys.argv[1:] if a != "--strict"]
    seed = int(words[1]) if len(words) > 1 else random.SystemRandom().randrange(10**9)
    seconds = float(words[2]) if len(words) > 2 else 20
    decoder = Decoder(words[0])
    print(f"seed {seed}", flush=True)
    end, i = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        one_round(decoder, random.Random(f"{seed} {i}"), STRICT)
        i += 1
        NUMBERS["schema pairs"] = i
    decoder.process.stdin.close()
    judge(decoder.process.wait() == 0, "clean exits")
    finish()


if __name__ == "__main__":
    main()
