"""bad_input.py DIR: writes hostile records, one file each, and a table "topic key file expected-code" to DIR/cases."""
import os
import struct
import sys

folder = sys.argv[1]


def varint(n):
    n = (n << 1) ^ (n >> 63)
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def text(s):
    raw = s.encode() if isinstance(s, str) else s
    return varint(len(raw)) + raw


def frame(name):
    """The single-object frame of one of our schemas: its fingerprint is taken from a good record that `produce` made."""
    return open(os.path.join(folder, "good-" + name), "rb").read()[:10]


def profile(creator="bad-1", followers=1000, observed=None):
    return frame("profiles") + text(creator) + varint(1) + varint(NOW if observed is None else observed) + varint(followers) + \
        bytes([0, 0, 0]) + bytes([0, 0, 0, 0, 0])


NOW = int(open(os.path.join(folder, "now")).read())
good = profile()
cases = [
    ("truncated", "bad-1", good[:-4]),
    ("trailing_bytes", "bad-1", good + b"xyz"),
    ("wrong_frame", "bad-1", b"hello, this is text"),
    ("schema_unknown", "bad-1", b"\0" + struct.pack(">I", 4242) + good[10:]),
    ("schema_unknown", "bad-1", b"\xc3\x01" + b"\x11" * 8 + good[10:]),
    ("truncated", "bad-1", frame("profiles") + varint(1 << 40)),
    ("bad_length", "bad-1", frame("profiles") + varint(-5)),
    ("bad_varint", "bad-1", frame("profiles") + b"\xff" * 12),
    ("bad_utf8", "bad-1", profile(b"\xff\xfe\xfd")),
    ("negative_followers", "bad-1", profile(followers=-3)),
    ("bad_number", "bad-1", profile(followers=1 << 60)),
    ("bad_time", "bad-1", profile(observed=-62135596800000)),
    ("future", "bad-1", profile(observed=NOW + 86400000)),
    ("wrong_key", "another", good),
    ("bad_enum", "bad-1", frame("profiles") + text("bad-1") + varint(99) + varint(NOW) + varint(1) + bytes(8)),
    ("too_large", "bad-1", frame("profiles") + b"\0" * 1040000),
    ("bad_id", "", None),
]
with open(os.path.join(folder, "cases"), "w") as table:
    for i, (code, key, value) in enumerate(cases):
        if value is None:
            continue
        path = os.path.join(folder, f"case-{i}")
        open(path, "wb").write(value)
        table.write(f"profiles {key} {path} {code}\n")
