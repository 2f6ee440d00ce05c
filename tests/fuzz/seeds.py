"""seeds.py: writes the committed corpora of tests/fuzz/corpus but avro's and text's: made up here, a few kB each."""
import json
import os

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")
NOW = 1772454600000


def seed(target, name, content):
    folder = os.path.join(HERE, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(content if isinstance(content, bytes) else content.encode())


def varint(n):
    n = (n << 1) ^ (n >> 63)
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def text(s):
    return varint(len(s.encode())) + s.encode()


def maybe(made):
    return varint(0) if made is None else varint(1) + made


def some(*items):
    return (varint(len(items)) + b"".join(text(i) for i in items) if items else b"") + varint(0)


# ---- records: what (input, 4 our frame, 8 no key, 16 tombstone), length, value ----
def record(what, value=b""):
    return bytes([what]) + len(value).to_bytes(2, "big") + value


profile = text("c") + varint(2) + varint(NOW - 1000) + varint(5000) + maybe(varint(300)) + maybe(varint(40)) + b"\1" + maybe(text("FR")) + \
    some("fr") + some("food") + maybe(varint(5000) + text("EUR")) + varint(0)
post = text("c") + text("p1") + varint(NOW - 90000) + varint(3) + some("pasta", "ad") + some("nora") + some("acme") + b"\0" + maybe(None) + \
    maybe(text("A plate of pasta, 20% off with code NORA20, link in bio #ad")) + b"\0" + \
    maybe(varint(NOW) + maybe(varint(900)) + maybe(varint(50)) + maybe(None) * 3)


def act(kind, count=1, comment=False):
    return text("c") + maybe(text("p1")) + maybe(text("actor-9")) + varint(kind) + varint(count) + varint(NOW - 5000) + \
        maybe(varint(2) + varint(1) + varint(0) + b"\0" + varint(77) if comment else None) + \
        maybe(varint(4) + varint(2000) + varint(0) + maybe(b"\0") + maybe(None) + maybe(varint(5)) + maybe(None)) + \
        maybe(varint(1999) + text("EUR")) + maybe(text("spring"))


seed("record", "00-profile", record(4, profile))
seed("record", "01-post", record(5, post))
seed("record", "02-acts", b"".join(record(6, act(k, 3, k == 3)) for k in range(1, 9)))
seed("record", "03-life", record(4, profile) + record(5, post) + b"".join(record(6, act(k)) for k in (1, 2, 3, 7)) + record(16) + record(6, act(2)))
seed("record", "04-bare", record(1, post) + record(0, profile) + record(12, profile))
seed("record", "05-frames", record(0, b"\0\0\0\x10\x92" + profile) + record(0, b"\xc3\1" + b"\x11" * 8 + profile) + record(0, b"\xc3"))
seed("record", "06-cut", b"".join(record(6, act(3, 1, True)[:n]) for n in range(0, 60, 5)))
seed("record", "07-huge", record(4, varint(1 << 40)) + record(5, text("c") + b"\xff" * 12) + record(6, act(2, 1 << 62)))

# ---- fence ----
FENCE = "1 P=8 epoch=3 token=0000000000001234 gen=fedcba9876543210 as_of=1772454600000 sweep=77"
for i, line in enumerate([FENCE, FENCE + " 0=100,90,1772454600000,000000000000001f 1=5,5,-1,0000000000000000", FENCE + " told=1772454700000 data=rebuilt",
                          "1 swapped into=default was=older", "9:creator-7,1:x,0:,", "2 P=8", FENCE + " 0=1,1,1,1 told=1 data=x y"]):
    seed("fence", f"{i:02}", line)

# ---- Redis: mode, then each connection's bytes, parted by 0xff ----
HELLO = "+OK\r\n+PONG\r\n"
seed("redis", "00-values", b"\0" + (HELLO + "$5\r\nhello\r\n:7\r\n-ERR no\r\n").encode())
seed("redis", "01-nested", b"\0" + (HELLO + "*3\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n+ok\r\n*-1\r\n").encode())
seed("redis", "02-settings", b"\0" + (HELLO + "$60\r\nrole:master\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\nx:\r\n\r\n*4\r\n$16\r\nmaxmemory-policy\r\n"
                                     "$11\r\nallkeys-lru\r\n$10\r\nappendonly\r\n$2\r\nno\r\n").encode())
seed("redis", "03-fence", b"\0" + (HELLO + f"${len(FENCE)}\r\n{FENCE}\r\n-MOVED 413 10.0.0.1:7000\r\n-LOADING wait\r\n").encode())
seed("redis", "04-sentinel", b"\1" + b"+PONG\r\n*2\r\n$9\r\n127.0.0.1\r\n$4\r\n6380\r\n\xff+OK\r\n*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n+PONG\r\n$1\r\na\r\n$1\r\nb\r\n+OK\r\n")
seed("redis", "05-sentinel-knows-none", b"\1" + b"+PONG\r\n*-1\r\n")
seed("redis", "09-sentinel-port-is-a-number", b"\1" + b"+PONG\r\n*2\r\n$9\r\n127.0.0.1\r\n:6380\r\n")
seed("redis", "10-error-without-words", b"\0" + (HELLO + "-\r\n- x\r\n").encode())
seed("redis", "06-cluster", b"\2" + b"+PONG\r\n*2\r\n*3\r\n:0\r\n:8191\r\n*3\r\n$9\r\n127.0.0.1\r\n:7000\r\n$2\r\nid\r\n*3\r\n:8192\r\n:16383\r\n*2\r\n$0\r\n\r\n:7001\r\n\xff"
     + HELLO.encode() + b"-MOVED 413 :7001\r\n$1\r\na\r\n+OK\r\n\xff" + HELLO.encode() + b"$1\r\na\r\n")
seed("redis", "07-resp3", b"\0" + (HELLO + "%1\r\n+a\r\n,1.5\r\n#t\r\n_\r\n~1\r\n(123\r\n").encode())
seed("redis", "08-lies", b"\0" + (HELLO + "*16777216\r\n$-5\r\n$99999999999\r\n").encode())

# ---- a creator in Redis: fields and values parted by 0xff, an empty one ends a hash; then two strings ----
counters = ["v", "0 9 4 120", "t", "v120 l30 s-2", "a", "1772454600000 7 2 1 FR 5000 EUR", "b0", "2 1770000000000 0 0 1 1", "f3", "20514 1772454600000 7 5000 300 -",
            "h10", "492348 v12 l3", "d40", "20514 v40 c2 n1", "m0", "1772454600000 3 1 1999 EUR", "i0", "spring", "e", "77"]
posts = ["0", "1772400000000 3 1 3 5000", "0i", "p1", "0c", "v900 l50", "0m", "1772450000000 v900 l50 c-1", "0t", "4 2 1 0", "0l", "3f 1 0 2",
         "33", "1772400000000 4 1 0 0", "33i", "p2", "33u", "29540000 1 2 3"]


def fields(parts):
    return b"".join(p.encode() + b"\xff" for p in parts) + b"\xff"


seed("state", "00-counters", fields(counters) + fields([]))
seed("state", "01-posts", fields([]) + fields(posts))
seed("state", "02-both", fields(counters) + fields(posts))
seed("state", "03-erased", fields(["v", "0 9 4 120", "g", "1772454600000 1772454000000 -"]))
seed("state", "04-strange", fields(["h3", "hello"]) + fields([]))
seed("state", "05-far", fields(["f39", "2147483647 1 1 1 1 1", "h47", "9223372036854775807 v1", "b1", "255 1 1 1 1 1", "a", "1 1 99 1 -"]) + fields(["39", "1 1 255 255 1"]))
seed("state", "06-too-many-posts", fields([]) + fields([x for i in range(40) for x in (f"{i}", "1772400000000 3 0 3 5000", f"{i}i", f"p{i}")]))
seed("state", "07-post-without-id", fields([]) + fields(["33u", "29540000 1 2 3"]))

SAMPLE = b"\x01" + bytes(range(6)) + b"\x21\x43\x4d\x03"  # an actor
SPARSE = b"\xb9\5\0\0" + b"\2\x80" + b"\x18\x09" + b"\xda\x7f" + SAMPLE  # registers 3 (its rank behind it) and 2047
DENSE = b"\xba\5\0\0" + b"\xfe\xff\2" + b"\x10\xf2" * 512 + b"\x30" * 512 + SAMPLE
FINGERPRINTS = b"\x82" + b"\x80\x97\x9b\xb9\x96\x67\x0e\xc0\xab" + b"\2\1\xc1\xab"  # the second later, by an older record
seed("state", "08-audience", fields([]) + fields([]) + b"\xff\xff" + FINGERPRINTS + SPARSE + DENSE)
seed("state", "09-audience-of-before", fields([]) + fields([]) + b"\xff\xff" + b"\0" + b"\xb9\5\0\0" + b"\xff\xff" + b"\x41\x30\x04" * 512 + SAMPLE)

# ---- configuration: what it is, then its text ----
seed("config", "00-file", "\0[kafka]\nbootstrap.servers = localhost:9092\n[redis]\naddress = localhost:6379\nmode = sentinel\n; a comment\n[score]\nschemes = default,stim\n")
seed("config", "01-bad-file", "\0[redis\nmode = nonsense\n  indented = 1\nlane.flush_ms\n")
seed("config", "02-environment", "\1MICROFLUX_REDIS_ADDRESS=localhost:6379\nMICROFLUX_KAFKA_BOOTSTRAP_SERVERS=a:1\nMICROFLUX_LANE_FLUSH_MS=20\nOTHER=1")
seed("config", "03-sets", "\2lane.commit_ms=200\nkafka.client.id=x\ncounting.totals=INSTAGRAM:LIKE,COMMENT TIKTOK:VIEW\nworkers=4")
seed("config", "04-bad-sets", "\2=\nworkers=99999999999999999999\nlane.flash_ms=1\nnothing")
for i, path in enumerate(["methodology/microflux-1", "benchmarks/benchmarks-1", "emv/example"], 5):
    lines = open(os.path.join(HERE, "../../../data", path + ".conf")).read().split("\n")
    seed("config", f"{i:02}-" + path.split("/")[0], chr(i - 2) + "\n".join(line for line in lines if line and line[0] != ";"))
seed("config", "08-secret", "\006000102030405060708090a0b0c0d0e0f\n")

# ---- models: what it is (0, 1 a file of an embedding, of a niche model; 2, 3 what stands below its digest), then its text; ~ is 64 zeros ----
EMBED = "posts 99\nmu~\nnu~\nmean~\n" + "covariance~\n" * 64 + "tokens 2\ntoken 0000000a 9 127" + " 0" * 63 + "\ntoken 00000014 9 0 127" + " 0" * 62 + "\n"
NICHE = "embedding 000000000000004d\nniches 2\nniche FOOD 0.1~~\nniche PET -1 0.5" + " 0" * 63 + "~\n"
for i, (what, body) in enumerate([(2, EMBED), (3, NICHE), (0, "microflux-model embed 1\ndigest 0000000000000001\n" + EMBED), (1, "microflux-model niche 2\n"),
                                  (2, EMBED.replace("tokens 2", "tokens 4000000")), (2, EMBED.replace("00000014", "00000001")), (3, NICHE.replace("niches 2", "niches 16")),
                                  (2, EMBED.replace("127", "1e9")), (3, NICHE.replace("FOOD", "F" * 40))]):
    seed("models", f"{i:02}", chr(what) + body)

# ---- NDJSON: topic and timestamps, then a line ----
lines = [("\1", {"creator_id": "c", "platform": "TIKTOK", "observed_at": NOW, "followers": 5000, "price_per_post": {"minor_units": 1, "currency": "EUR"}}),
         ("\2", {"creator_id": "c", "post_id": "p1", "posted_at": NOW, "tags": ["ad"], "text": "\u00e9\ud83c\udf5d", "metrics": {"observed_at": NOW, "likes": 3}}),
         ("\7", {"creator_id": "c", "kind": "COMMENT", "occurred_at": NOW, "comment": {"words": 2}, "actor": {"followers": 1, "following": 2, "posts": 3}}),
         ("\0", {"topic": "posts", "timestamp": NOW, "value": {"creator_id": "c", "post_id": "p1", "posted_at": NOW}}),
         ("\1", {"creator_id": "c", "platform": "NOWHERE", "observed_at": "now", "followers": -1, "unknown": [[]]})]
for i, (what, line) in enumerate(lines):
    seed("ndjson", f"{i:02}", what + json.dumps(line))
seed("ndjson", "05-none", "\1{\"creator_id\": \"c\"")
seed("ndjson", "06-wide", "\1{\"creator_id\":1e999,\"followers\":99999999999999999999}")

# ---- the registry: status (hundreds, rest), body ----
STRING = json.dumps(json.dumps({"type": "record", "name": "Post", "fields": [{"name": "creator_id", "type": "string"}]}))
answers = [(2, 0, '{"schema":%s}' % STRING), (2, 0, '{"id":7}'), (2, 0, '{"subject":"s","version":1,"id":7,"schema":%s}' % STRING), (2, 0, '{"is_compatible":true}'),
           (4, 4, '{"error_code":40403,"message":"Schema not found"}'), (4, 1, "login"), (4, 9, '{"message":"incompatible"}'), (2, 0, "<html>"), (5, 3, ""),
           (2, 0, '{"version":1,"url":"http://registry","schemas":{"7":%s},"ids":{"posts-value":{"id":7,"schema":"{}"}}}' % STRING)]
for i, (hundreds, rest, body) in enumerate(answers):
    seed("registry", f"{i:02}", bytes([hundreds, rest]) + body.encode())
