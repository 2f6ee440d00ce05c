"""§7: vectors and the audience chain, by hand on models of two dimensions and on random edges; run by properties.py."""
import tempfile
from collections import Counter
from math import exp, log
from pathlib import Path

from audience import AudienceLane, Edge, Heard, Update, edge, hear, spread
from edges import T, Life
from models import Embedding, Niches, read_embedding, read_niches, unit
from records import DAY, Interaction
from topics import topics
from vectors import (Vectors, audience, content, content_of, creator_vector, dot, hash_of, niche_posterior, pack, posts_with,
                     unpack)
from xxh3 import xxh3

XXH3 = {b"": 0x2D06800538D394C2, b"#ad": 0x7EB799707EC60E6B, b"#fashion": 0x421960A5C89414B1, b"@acme.fr": 0x5C8FBF6E4B97213D,
        bytes(range(64)): 0x6187EB9089B0ED55, bytes(range(200)): 0xF42A8864FEAF0703,
        bytes(range(256)) * 5: 0x4844B009E164352E}           # of the authors' library


def near(a, b, room=1e-12):
    """Two vectors."""
    return len(a) == len(b) and all(abs(x - y) <= room for x, y in zip(a, b))


def model(digest="e1", mu=(0.1, 0.2), nu=(0.3, 0.0)):
    """Three tokens of 99 posts: #a (df 9), #b (df 4), @c (df 99, weight 0)."""
    tokens = {hash_of("#a"): (9, [1.0, 0.0]), hash_of("#b"): (4, [0.0, 1.0]), hash_of("@c"): (99, [0.6, 0.8])}
    return Embedding(digest, 99, list(mu), list(nu), [0.02, -0.01], [[0.04, 0.01], [0.01, 0.09]], tokens)


def model_text(kind, *lines):
    """A model file."""
    rest = "".join(line + "\n" for line in lines)
    return f"microflux-model {kind} 1\ndigest {xxh3(rest.encode()):016x}\n{rest}"


def refused(read, *arguments):
    """True when it raises the sentence."""
    try:
        read(*arguments)
    except ValueError:
        return True
    return False


def files(checks):
    """docs/reference/models.md: what is read, what is refused."""
    for data, wanted in XXH3.items():
        checks.true(f"XXH3 of {len(data)} bytes", xxh3(data) == wanted)
    text = model_text("embed", "posts 9", "mu 0.5 0", "nu 0 0.25", "mean 0 0", "covariance 1 0", "covariance 0 2", "tokens 1",
                      f"token {hash_of('#a'):08x} 4 3 -4")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m"
        path.write_text(text)
        found = read_embedding(path)
        checks.true("embedding", (found.posts, found.mu, found.nu, found.covariance) == (9, [0.5, 0], [0, 0.25], [[1, 0], [0, 2]]))
        checks.true("token", found.tokens == {hash_of("#a"): (4, [0.6, -0.8])} and found.weight(hash_of("#a")) == log(2))
        path.write_text(model_text("niche", f"embedding {found.digest}", "niches 2", "niche A 0.5 1 2 3 4", "niche B -1 0 0 0 1"))
        niches = read_niches(path, found)
        checks.true("niches", (niches.names, niches.biases, niches.weights[0]) == (["A", "B"], [0.5, -1.0], [1, 2, 3, 4]))
        checks.true("another embedding", refused(read_niches, path, model("other")))
        checks.true("another kind", refused(read_embedding, path))
        path.write_text(text.replace("posts 9", "posts 8"))
        checks.true("edited", refused(read_embedding, path))
    p = niche_posterior(niches, [0.5, 0.25], 2, [0.1, 0.2])
    z = [0.5 + 0.25 + 0.25 + 0.3 + 0.8, -1 + 0.2]        # n = 2: half of u
    checks.true("softmax", abs(p["A"] - 1 / (1 + exp(z[1] - z[0]))) < 1e-12 and abs(sum(p.values()) - 1) < 1e-12)


def formulas(checks, chooser):
    """u, C, A, V by hand; packing."""
    m = model()
    life = Life()
    life.add("posts", T, post_id="p", tags=["a", "b"], mentions=["c"])
    life.add("posts", T - 1, post_id="q", tags=["a", "unknown"])
    life.add("posts", T - 2, post_id="gone", tags=["b"], deleted=True)
    ring = life.creator.ring()
    x = unit([log(3) * log(10), log(2) * log(20)])
    u, n = content_of(m, posts_with(ring))
    checks.true("u", near(u, [x[0] - 0.1, x[1] - 0.2]) and n == 3)
    checks.true("C", near(content(u, n), [u[0] / 2, u[1] / 2]))
    checks.true("A", near(audience([3.0, 4.0], 5, m.nu), [0.15, 0.4]))
    checks.true("A of nobody", audience([0.0, 0.0], 3, m.nu) == audience([1.0, 0.0], 0, m.nu) == [0.0, 0.0])
    checks.true("V", near(creator_vector([0.1, 0.2], [0.5, -0.25]), [0.5, 0.0]))
    whole = Vectors(m, ring, [3.0, 4.0], 5)
    checks.true("all of them", near(whole.whole, [u[0] / 2 + 0.12, u[1] / 2 + 0.32]))
    checks.true("no token known", content_of(m, Counter({1: 4})) == ([0.0, 0.0], 0))
    checks.true("a token without weight", content_of(m, Counter({hash_of("@c"): 4})) == ([0.0, 0.0], 1))
    posterior = {"A": 0.9, "B": 0.1}
    checks.true("tokens known to the model", topics(life.creator, posterior, 2)["focus"]["confidence"] == 0.5
                and topics(life.creator)["tokens"] == 4)
    niches = Niches("n1", "e1", ["A", "B"], [0.0, 1.0], [[1, 0, 0, 0], [0, 0, 0, 1]])
    values, vectors = life.creator.modelled(T, m, niches, ([3.0, 4.0], 5))
    z = 1 + vectors.audience[1] - vectors.u[0] * 3 / 5
    found = values["topics"]["posterior"]["B"], values["topics"]["source"], values["topics"]["tokens"]
    checks.true("published by a model", found == (round(1 / (1 + exp(-z)), 7), "MODEL", 3))
    checks.true("packed", pack([1.27, -0.004, 0.006, -1.27]) == (0.01, [127, 0, 1, -127]) and pack([0.0]) == (0.0, [0]))
    for _ in range(50):
        v = [chooser.gauss(0, 1) for _ in range(64)]
        scale, whole_numbers = pack(v)
        checks.true("packed and back", near(unpack(scale, whole_numbers), v, scale * 0.5000001) and max(map(abs, whole_numbers)) == 127)
        counts = Counter({t: chooser.randrange(1, 9) for t in m.tokens})
        shuffled = Counter(dict(chooser.sample(sorted(counts.items()), len(counts))))
        checks.true("tokens have no order", content_of(m, counts) == content_of(m, shuffled))
        u, n = content_of(m, counts)
        checks.true("thin evidence is neutral", dot(content(u, n), content(u, n)) < dot(u, u))
        checks.true("A is shorter with less", all(abs(a) <= abs(b) + 1e-15 for a, b in
                                                  zip(audience(v[:2], 2, m.nu), audience(v[:2], 9, m.nu))))


def meetings(*rows, digest="e1"):
    """[(creator, day)] of one actor as edges; u of creator number i is (i, 1)."""
    return [Edge(1, name, (1.0, [ord(name) - 96, 1]), T + day * DAY, digest) for name, day in rows]


def pairs(edges):
    """[(to, met)] of their updates."""
    return [(update.to, update.met) for update in spread(edges)[0]]


def chain(checks):
    """The ring of 2, 90 d, meeting again, both sides, a new embedding."""
    checks.true("both sides", sorted(pairs(meetings(("a", 0), ("b", 1)))) == [("a", "b"), ("b", "a")])
    checks.true("met again says nothing", not pairs(meetings(("a", 0), ("a", 1))))
    checks.true("and once more", len(pairs(meetings(("a", 0), ("b", 1), ("a", 2), ("b", 3)))) == 2)
    checks.true("the last 2", sorted(pairs(meetings(("a", 0), ("b", 1), ("c", 2), ("d", 3)))[6:]) ==
                [("b", "d"), ("c", "d"), ("d", "b"), ("d", "c")])
    checks.true("met again is the latest", ("a", "d") in pairs(meetings(("a", 0), ("b", 1), ("a", 2), ("c", 3), ("d", 4)))
                and ("b", "d") not in pairs(meetings(("a", 0), ("b", 1), ("a", 2), ("c", 3), ("d", 4))))
    checks.true("90 d", len(pairs(meetings(("a", 0), ("b", 90)))) == 2 and not pairs(meetings(("a", 0), ("b", 91))))
    checks.true("from its last comment on", len(pairs(meetings(("a", 0), ("a", 80), ("b", 160)))) == 2)
    checks.true("an older comment does not age it", len(pairs(meetings(("a", 80), ("a", 0), ("b", 160)))) == 2)
    checks.true("late ones leave the newest two", sorted(pairs(meetings(("d", 3), ("c", 2), ("a", 0), ("e", 4)))[6:]) ==
                [("c", "e"), ("d", "e"), ("e", "c"), ("e", "d")])
    checks.true("late by more than 90 d", not pairs(meetings(("b", 91), ("a", 0))))
    checks.true("an older comment does not tell of itself", spread(meetings(("a", 1), ("a", 0), ("b", 2)))[1]["b"].m == 1)
    in_order = meetings(("a", 0), ("b", 1), ("c", 2), ("d", 3))          # decision 17: no ring of 2 knows of the other order
    checks.true("four creators have an order", Counter(pairs(in_order)) != Counter(pairs([in_order[i] for i in (3, 0, 1, 2)])))
    heard = spread(meetings(("a", 0), ("b", 1), ("c", 2)))[1]
    checks.true("Y and m", (heard["a"].y, heard["a"].m) == ([5.0, 2.0], 2) and heard["b"].y == [4.0, 2.0])
    lane = AudienceLane()
    lane.meet(meetings(("a", 0))[0])
    again = meetings(("a", 1))[0]._replace(u=(0.5, [8, 8]))
    lane.meet(again)
    update = next(up for up in lane.meet(meetings(("b", 2))[0]) if up.to == "b")
    checks.true("with its newest u", update.u == (0.5, [8, 8]))
    one, other = meetings(("a", 0))[0], meetings(("b", 1), digest="e2")[0]
    checks.true("u of another embedding", not pairs([one, other]))
    y = hear([Update("a", "b", (1.0, [1, 2]), "e1"), Update("a", "c", (1.0, [5, 6]), "e2")])["a"]
    checks.true("a new embedding restarts", (y.y, y.m, y.digest) == ([5.0, 6.0], 1, "e2") and Heard().m == 0)


def made_edges(checks):
    """Which records make an edge."""
    record = Interaction(1, T, T, 2, 1, "p", False, False, 77, None, None, None, None, None)
    checks.true("a comment", edge("c", record, [0.5, -1.0], "e") == Edge(77, "c", pack([0.5, -1.0]), T, "e"))
    for change in ({"kind": 1}, {"own": True}, {"late": True}, {"actor": None}):
        checks.true(f"no edge: {change}", edge("c", record._replace(**change), [1.0]) is None)


def random_chains(checks, chooser):
    """Against a count by hand; two creators an actor, no order; never oneself, as often to one side as to the other."""
    for _ in range(20):
        names = "abcdef"
        edges = [Edge(chooser.randrange(8), chooser.choice(names), (1.0, [chooser.randrange(9)]), T + i * DAY) for i in range(80)]
        updates, heard = spread(edges)
        checks.true("never oneself", all(up.to != up.met for up in updates))
        checks.true("both sides", Counter((up.to, up.met) for up in updates) == Counter((up.met, up.to) for up in updates))
        checks.true("m counts updates", sum(h.m for h in heard.values()) == len(updates))
        wanted = 0
        for i, e in enumerate(edges):
            past = [p.creator for p in edges[:i] if p.actor == e.actor and p.occurred_at >= e.occurred_at - 90 * DAY]
            latest = list(dict.fromkeys(reversed(past)))[:2]
            wanted += 2 * len(latest) * (e.creator not in latest)
        checks.true("as many as counted by hand", len(updates) == wanted)
        few = [e._replace(creator=names[e.actor % 5 + e.u[1][0] % 2], u=(1.0, [1]), occurred_at=T) for e in edges]
        mixed = chooser.sample(few, len(few))
        checks.true("two creators, no order", {c: (h.y, h.m) for c, h in spread(few)[1].items()} ==
                    {c: (h.y, h.m) for c, h in spread(mixed)[1].items()})


def vector_checks(checks, chooser):
    """All of them."""
    files(checks)
    formulas(checks, chooser)
    chain(checks)
    made_edges(checks)
    random_chains(checks, chooser)
