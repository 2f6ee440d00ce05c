"""§7, model files (docs/reference/models.md): the embedding and the niche model, read and their digests checked."""
from math import log
from pathlib import Path
from typing import NamedTuple

from xxh3 import xxh3


class Embedding(NamedTuple):
    """Frozen vectors of tokens; tokens: {hash: (df, e of length 1)}; mean and covariance are of V over creators."""
    digest: str
    posts: int
    mu: list
    nu: list
    mean: list
    covariance: list
    tokens: dict

    def weight(self, token):
        """w_t = ln((N + 1)/(df_t + 1))."""
        return log((self.posts + 1) / (self.tokens[token][0] + 1))


class Niches(NamedTuple):
    """Softmax of the niches: their names, a bias and 2 × 64 weights each."""
    digest: str
    embedding: str
    names: list
    biases: list
    weights: list


def unit(x):
    """Of length 1; the zero vector stays."""
    length = sum(v * v for v in x) ** 0.5
    return [v / length for v in x] if length else list(x)


def body(path, kind):
    """(digest, [name, words] of each further line); refused with a sentence."""
    head, said, rest = Path(path).read_bytes().split(b"\n", 2)
    if head.decode() != f"microflux-model {kind} 1":
        raise ValueError(f"{path} is no model of kind {kind}, version 1, but: {head.decode()!r}")
    digest = said.decode().split()[1]
    if digest != f"{xxh3(rest):016x}":
        raise ValueError(f"{path} was cut short or edited: its digest is {xxh3(rest):016x}, not {digest}")
    return digest, [line.split() for line in rest.decode().splitlines()]


def numbers(words):
    """Reals."""
    return [float(word) for word in words]


def read_embedding(path):
    """The file of `train embed`."""
    digest, lines = body(path, "embed")
    rows = {}
    for name, *words in lines:
        rows.setdefault(name, []).append(words)
    vector = {name: numbers(rows[name][0]) for name in ("mu", "nu", "mean")}
    tokens = {int(h, 16): (int(df), unit(numbers(e))) for h, df, *e in rows.get("token", ())}
    assert len(tokens) == int(rows["tokens"][0][0]), "as many tokens as are said"
    return Embedding(digest, int(rows["posts"][0][0]), **vector, covariance=[numbers(row) for row in rows["covariance"]],
                     tokens=tokens)


def read_niches(path, embedding):
    """The file of `train niche`; refused with another embedding than its own."""
    digest, lines = body(path, "niche")
    trained, rows = lines[0][1], lines[2:]
    if trained != embedding.digest:
        raise ValueError(f"{path} was trained with embedding {trained}, not {embedding.digest}")
    assert len(rows) == int(lines[1][1]), "as many niches as are said"
    return Niches(digest, trained, [row[1] for row in rows], [float(row[2]) for row in rows],
                  [numbers(row[3:]) for row in rows])
