"""§7, §8: what the words of a post say, behind one interface: `post(value) -> Found`.

`Lists` reads the lexicons of data/ (format: data/README.md); `BUILT_IN` knows only the two words of French law that
the page itself names, and stands where there are no lists.
"""
from typing import NamedTuple
from unicodedata import normalize


class Found(NamedTuple):
    """A disclosure word; likely paid (§8); the niches touched (§7); all other classes touched."""
    disclosed: bool = False
    likely: bool = False
    niches: tuple = ()
    classes: frozenset = frozenset()


def folded(text):
    """NFKC, case folded, NFKC again (folding may undo it)."""
    return normalize("NFKC", normalize("NFKC", text).casefold())


class TwoWords:
    """« publicité » and « collaboration commerciale », of text and tags."""
    niches = ()

    def post(self, value):
        """Disclosure only."""
        words = " ".join(folded(value.get("text") or "").split())
        tags = [folded(tag) for tag in value.get("tags") or ()]
        return Found("collaboration commerciale" in words or "publicité" in words.split() or "publicité" in tags)


BUILT_IN = TwoWords()


def here():
    """The lists of this tree, the two words without any."""
    return BUILT_IN
