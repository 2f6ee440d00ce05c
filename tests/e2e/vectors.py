"""vectors.py: what vectors.sh asks of published vectors; exit status 1 and a word on stdout where they are not so.

    lexicon N SCORES              N creators, each by the lexicon and without a vector
    same OFFLINE EMBEDDING SCORES each live creator's content, vector and niches are those of `evaluate --vectors`
    nearest CREATOR ALIKE SCORES  what lookalike said is the nearest by the published vectors
    met CREATOR M DIGEST SCORES   the newest record of that creator
    liveliest OFFLINE             the creator with most known tokens
    nudge EVENTS                  a profile more for each creator, NDJSON
    audience EMBEDDING M          a key `y` of M meetings, binary
"""
import json
import struct
import sys
from math import sqrt

K_CONTENT, K_AUDIENCE, WEIGHT = 3, 5, 0.8


def lines(path):
    """Objects of an NDJSON file."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def newest(path):
    """The last record of each creator."""
    return {line["key"]: line["value"] for line in lines(path) if line["value"]}


def vector_of(record):
    """V as a reader unpacks it, and one step of its codes."""
    packed = record["topics"]["vector"]
    return [packed["scale"] * x for x in struct.unpack("64b", bytes.fromhex(packed["codes"]))], packed["scale"]


def cosine(a, b):
    """Of two vectors; 1 of two that are 0."""
    length = sqrt(sum(x * x for x in a) * sum(x * x for x in b))
    return sum(x * y for x, y in zip(a, b)) / length if length else float(not any(a) and not any(b))


def lexicon(n, scores):
    """Nobody is by a model."""
    records = newest(scores).values()
    topics = [r["topics"] for r in records]
    assert len(topics) == int(n), len(topics)
    assert all(t["source"] == "LEXICON" and t["vector"] is None for t in topics)
    assert all(r["tables"]["embedding"] is None for r in records)


def content_of(row):
    """C = u·n/(n + 3)."""
    return [x * row["known"] / (row["known"] + K_CONTENT) for x in row["content"]]


def same(offline, embedding, scores):
    """Who met nobody: the content, to half a step. Who met somebody: V as it is published, its audience by m/(m + 5) included."""
    records, far, equal, cosines = newest(scores), 0.0, 0, []
    with open(embedding, encoding="utf-8") as file:
        digest = file.readlines()[1].split()[1]
    for row in lines(offline):
        record = records[row["creator_id"]]
        topics = record["topics"]
        live, step = vector_of(record)
        assert record["tables"]["embedding"] == digest and topics["known"] == row["known"], row["creator_id"]
        equal += topics["met"] == row["met"]
        if topics["met"]:
            cosines.append(cosine(live, row["vector"]))
            continue
        far = max([far] + [abs(x - y) / step for x, y in zip(live, content_of(row)) if step])
        if topics["source"] == "MODEL" and row["met"] == 0:
            for niche in topics["posterior"]:
                assert abs(niche["probability"] - row["posterior"][niche["niche"]]) < 1e-6, (row["creator_id"], niche)
    cosines.sort()
    print(f"      content {far:.2f} steps off at most; {len(cosines)} met others, {equal} of {len(records)} as many as offline; "
          f"cosines from {cosines[0]:.4f}, median {cosines[len(cosines) // 2]:.4f}, {sum(c >= 0.99 for c in cosines)} from .99 on")
    assert far < 0.51 and equal > 0.9 * len(records) == 0.9 * len(lines(offline)), (far, equal)
    # not all: two days pass in a second here, so that what one commit holds back overtakes hours of another lane
    near = sum(c >= 0.99 for c in cosines)
    assert cosines and near >= 0.75 * len(cosines) and cosines[0] > 0.8, cosines


def nearest(creator, alike, scores):
    """By the published codes, which are what lookalike works out itself."""
    vectors = {name: vector_of(record)[0] for name, record in newest(scores).items()}
    own = vectors.pop(creator)
    ranked = sorted((cosine(own, v) for v in vectors.values() if any(v)), reverse=True)[:5]
    found = lines(alike)
    assert len(found) == 5 and creator not in [row["creator_id"] for row in found]
    for wanted, row in zip(ranked, found):
        assert abs(wanted - row["cosine"]) < 1e-4, (wanted, row)
        assert abs(cosine(own, vectors[row["creator_id"]]) - row["cosine"]) < 1e-4, row


def met(creator, m, digest, scores):
    """m, and by which embedding."""
    record = newest(scores)[creator]
    assert record["topics"]["met"] == int(m) and record["tables"]["embedding"] == digest, record["topics"]


def liveliest(offline):
    """A name."""
    print(max(lines(offline), key=lambda row: (row["known"], row["creator_id"]))["creator_id"])


def nudge(events):
    """The same account a second after its last snapshot."""
    profiles = {row["value"]["creator_id"]: row["value"] for row in lines(events) if row["topic"] == "profiles"}
    for value in profiles.values():
        print(json.dumps({"topic": "profiles", "value": {**value, "observed_at": value["observed_at"] + 1000}}))


def audience(embedding, m):
    """Y along the first axis."""
    with open(embedding, encoding="utf-8") as file:
        digest = int(file.readlines()[1].split()[1], 16)
    sys.stdout.buffer.write(struct.pack("<QI64f", digest, int(m), *([float(m)] + [0.0] * 63)))


if __name__ == "__main__":
    try:
        {f.__name__: f for f in (lexicon, same, nearest, met, liveliest, nudge, audience)}[sys.argv[1]](*sys.argv[2:])
    except (AssertionError, KeyError, TypeError, struct.error) as wrong:
        sys.exit(f"{sys.argv[1]}: {wrong!r}"[:300])
