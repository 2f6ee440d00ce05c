"""§7, §8: what the words of a post say, behind one interface: `post(value) -> Found`.

`Lists` reads the lexicons of data/; `BUILT_IN` knows only the two words of French law that the page itself names, and
stands where there are no lists. Words are runs of letters, marks and digits after NFKC and case folding.
"""
from pathlib import Path
from typing import NamedTuple
from unicodedata import category, normalize

from methodology import DATA

LISTS = ("disclosed", "code", "link", "call")


class Found(NamedTuple):
    """A disclosure word; likely paid (§8); the niches touched (§7); all classes touched."""
    disclosed: bool = False
    likely: bool = False
    niches: tuple = ()
    classes: frozenset = frozenset()


def folded(text):
    """NFKC, case folded, NFKC again (folding may undo it)."""
    return normalize("NFKC", normalize("NFKC", text).casefold())


def words(text):
    """(word, whether '#' stands before it) of a text."""
    found, word, hashed, before = [], [], False, ""
    for c in folded(text) + " ":
        if category(c)[0] in "LMN":
            if not word:
                hashed = before == "#"
            word.append(c)
        elif word:
            found.append(("".join(word), hashed))
            word = []
        before = c
    return found


class Lists:
    """Entries by their first word, and tags; each leads to the names of its sections."""

    def __init__(self, folder):
        self.phrases, self.tags = {}, {}
        kinds = sections(Path(folder) / "lexicons/classes.lex")
        self.niches = tuple(line.split()[1] for line in kinds.get("niche", ()))
        for path in sorted(Path(folder).glob("*/*.lex")):
            for section, lines in sections(path).items() if path.name != "classes.lex" else ():
                for line in lines:
                    self._add(section, line)

    def _add(self, section, line):
        """One line of a list: `#tag`, or words."""
        phrase = tuple(word for word, _ in words(line))
        if line.startswith("#"):
            self.tags.setdefault("".join(phrase), set()).add(section)
        elif phrase:
            self.phrases.setdefault(phrase[0], []).append((phrase, section))

    def _touched(self, value):
        """Sections touched by the text and tags of a post."""
        found = set()
        text = words(value.get("text") or "")
        plain = [word for word, _ in text]
        for i, (word, hashed) in enumerate(text):
            if hashed:
                found |= self.tags.get(word, set())
            for phrase, section in self.phrases.get(word, ()):
                if tuple(plain[i:i + len(phrase)]) == phrase:
                    found.add(section)
        for tag in value.get("tags") or ():
            parts = tuple(word for word, _ in words(tag))
            found |= self.tags.get("".join(parts), set())
            for phrase, section in self.phrases.get(parts[0], ()) if parts else ():
                if phrase == parts:
                    found.add(section)
        return found

    def post(self, value):
        """Likely = a mention together with a discount code, a link or a call to action."""
        found = self._touched(value)
        likely = bool(value.get("mentions")) and bool(found & {"code", "link", "call"})
        return Found("disclosed" in found, likely, tuple(n for n in self.niches if n in found),
                     frozenset(found - set(LISTS)))


def sections(path):
    """{section: lines} of a .lex file; `;` begins a comment line."""
    found, lines = {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            lines = found.setdefault(line[1:-1].strip(), [])
        elif line and not line.startswith(";"):
            lines.append(line)
    return found


class TwoWords:
    """« publicité » and « collaboration commerciale », of text and tags."""
    niches = ()

    def post(self, value):
        """Disclosure only."""
        text = [word for word, _ in words(value.get("text") or "")]
        tags = [folded(tag) for tag in value.get("tags") or ()]
        pairs = list(zip(text, text[1:]))
        return Found(("collaboration", "commerciale") in pairs or "publicité" in text + tags)


BUILT_IN = TwoWords()


def here():
    """The lists of this tree, the two words without any."""
    return Lists(DATA) if (DATA / "lexicons/classes.lex").is_file() else BUILT_IN
