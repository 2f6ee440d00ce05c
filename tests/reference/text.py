"""§7, §8: what the words of a post say, behind one interface: `post(value) -> Found`.

A post is read as data/README.md says: normal form, words, tags, mentions. `Lists` matches the lexicons of data/;
`BUILT_IN` knows only the two words of French law that the page itself names, and stands where there are no lists.
"""
from collections import Counter
from pathlib import Path
from typing import NamedTuple
from unicodedata import category, normalize

from methodology import C, DATA

SIGNS = {"disclosed", "code", "link", "call"}
LIMIT = 64 * 1024                                # bytes of text that count
IGNORABLE = dict.fromkeys([0xAD, 0x34F, 0x61C, 0x3164, 0xFEFF, 0xFFA0, *range(0x115F, 0x1161), *range(0x17B4, 0x17B6),
                           *range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x202A, 0x202F),
                           *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9),
                           *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000)])


class Found(NamedTuple):
    """A disclosure word; likely paid (§8); hits per niche (§7); classes touched; tokens and mentions, normal."""
    disclosed: bool = False
    likely: bool = False
    niches: dict = {}
    classes: frozenset = frozenset()
    tokens: tuple = ()
    mentions: tuple = ()


def normal(text):
    """NFKC_Casefold: ignorable characters leave, the rest is folded and composed."""
    text = text.translate(IGNORABLE)
    for _ in range(2):
        text = normalize("NFKC", text.casefold())
    return text


def in_word(c):
    """Letters, marks, digits and `_`."""
    return c.isalnum() or c == "_" or category(c)[0] == "M"


def scan(text):
    """(kind, name) of a text in normal form: '' word, '#' tag, '@' mention (with its inner dots)."""
    items, i, text = [], 0, text + " "
    while i < len(text) - 1:
        kind = text[i] if text[i] in "#@" and in_word(text[i + 1]) else ""
        if kind == "@" and i and in_word(text[i - 1]):
            kind = ""                            # inside an address
        start = end = i + bool(kind)
        while in_word(text[end]) or (kind == "@" and text[end] == "." and in_word(text[end + 1])):
            end += 1
        if end > start:
            items.append((kind, text[start:end]))
        i = max(end, i + 1)
    return items


def handle(name, dots=False):
    """A listed tag or mention without its punctuation. Reading: a mention keeps its inner dots, as in the text."""
    return "".join(c for c in normal(name) if in_word(c) or (dots and c == ".")).strip(".")


def says(text, phrases):
    """Those of the phrases whose words stand in a text, side by side."""
    items = scan(normal(text.encode()[:LIMIT].decode(errors="ignore")))
    words = [[("", name) for kind, name in scan(normal(phrase)) if not kind] for phrase in phrases]
    return [phrase for phrase, run in zip(phrases, words) if run and any(
        items[i:i + len(run)] == run for i in range(len(items)))]


class Plain:
    """Reads tags, mentions and words; `match` says what they touch."""
    niches = ()

    def words_of(self, name):
        """The entries of a class, put together as tags are written."""
        return []

    def post(self, value):
        """§8: likely = a mention together with a code, a link or a call to action."""
        text = (value.get("text") or "").encode()[:LIMIT].decode(errors="ignore")
        items = scan(normal(text))
        tags = [handle(tag) for tag in value.get("tags") or ()]
        mentions = [handle(mention, dots=True) for mention in value.get("mentions") or ()]
        listed = [("#", tag) for tag in tags] + [("@", mention) for mention in mentions]
        tokens = dict.fromkeys(kind + name for kind, name in listed + items if kind and name)
        every = mentions + [name for kind, name in items if kind == "@"]
        found = self.match(items, tags + [name for kind, name in items if kind == "#"])
        classes = {name for name, _ in found}
        return Found("disclosed" in classes, bool(every) and bool(classes & (SIGNS - {"disclosed"})),
                     {name: n for name, n in Counter(name for name, _ in found).items() if name in self.niches},
                     frozenset(classes - SIGNS), tuple(tokens)[:C["state.tokens"]], tuple(dict.fromkeys(every)))

    def match(self, items, tags):
        """{(class, entry)} touched; here the two words of the page."""
        text, pairs = [name for _, name in items], zip(items, items[1:])
        two = (("", "collaboration"), ("", "commerciale")) in pairs
        return {("disclosed", "")} if two or "publicité" in text or "publicité" in tags else set()


class Lists(Plain):
    """Entries by their first word, and by their words put together, as tags are written."""

    def __init__(self, folder):
        self.phrases, self.tags = {}, {}
        kinds = sections(Path(folder) / "lexicons/classes.lex")
        self.niches = tuple(line.split()[1] for line in kinds["niche"])
        for path in sorted(Path(folder).glob("*/*.lex")):
            for name, lines in sections(path).items() if path.name != "classes.lex" else ():
                for line in lines:
                    self._add(name, line)

    def _add(self, name, line):
        """One entry: `#tag` in tags only; words in text, and put together as a tag."""
        words = tuple(word for _, word in scan(normal(line)))
        entry = name, "".join(words)
        self.tags.setdefault(entry[1], set()).add(entry)
        if not line.startswith("#"):
            self.phrases.setdefault(words[0], []).append((words, entry))

    def words_of(self, name):
        """Of the lists."""
        return [tag for tag, entries in self.tags.items() if any(entry[0] == name for entry in entries)]

    def match(self, items, tags):
        """Reading: a tag or a mention between two words parts them."""
        found = set().union(*(self.tags.get(tag, ()) for tag in tags))
        for i, (kind, word) in enumerate(items):
            for words, entry in self.phrases.get(word, ()) if not kind else ():
                if items[i:i + len(words)] == [("", w) for w in words]:
                    found.add(entry)
        return found


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


class Official(Plain):
    """No words at all: a sponsored post is an official one (docs/decisions 3, before there were lists)."""

    def match(self, items, tags):
        """Nothing."""
        return set()


BUILT_IN = Plain()


def here(without=BUILT_IN):
    """The lists of this tree; without any, the two words, or what is given."""
    return Lists(DATA) if (DATA / "lexicons/classes.lex").is_file() else without
