#!/usr/bin/env python3
"""The pages keep their word: every link of README.md and docs/ leads to a file and a heading that exist, and every command of ours in a
block or between backticks is one the program knows, with options it knows, and every key after --set is one of the configuration.
usage: docs.py [BINARY]      prints what is wrong; ends with one line "N passed, N failed"."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/microflux")
BLOCK = re.compile(r"^```[^\n]*\n(.*?)^```", re.S | re.M)


def output(*command):
    """What our program says."""
    done = subprocess.run([BINARY, *command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def anchor(heading):
    """As the renderers make them."""
    return re.sub(r"[^\w\- ]", "", re.sub(r"[`*\[\]]|\([^)]*\)", "", heading)).strip().lower().replace(" ", "-")


def anchors(page):
    """Of all headings."""
    return {anchor(line.lstrip("# ")) for line in BLOCK.sub("", page.read_text()).splitlines() if line.startswith("#")}


def dead_links(page):
    """Targets that are not there."""
    text = re.sub(r"`[^`\n]*`", "", BLOCK.sub("", page.read_text()))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, part = target.partition("#")
        if "://" in target:
            continue
        there = (page.parent / path).resolve() if path else page
        if not there.exists():
            yield f"{target}: no such file"
        elif part and there.suffix == ".md" and part not in anchors(there):
            yield f"{target}: no such heading"


def commands(page):
    """Lines of blocks and spans that begin with our name, without what follows a pipe, a comment or another command."""
    text = page.read_text()
    for line in [line.strip() for block in BLOCK.findall(text) for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", text):
        for part in re.split(r"[|;&<>()#]", line.removeprefix("build/")):
            words = part.replace("build/microflux", "microflux").split()
            if len(words) > 1 and words[0] == "microflux" and words[1][0].isalpha():
                yield words[1:]


class Known:
    """What the program says it can do."""

    def __init__(self):
        self.names = set(re.findall(r"^  ([a-z][a-z-]+)", output("--help"), re.M))
        self.help, self.keys = {}, set(re.findall(r"^\| `([^`]+)`", output("config", "reference"), re.M))

    def wrong(self, words):
        """Why the program would not take these words."""
        if words[0] not in self.names:
            return f"no command {words[0]}"
        text = self.help.setdefault(words[0], output(words[0], "--help"))
        for word, after in zip(words, words[1:] + [""]):
            option = word.split("=")[0].strip("[]…,.")
            if option.startswith("--") and option not in text:
                return f"{words[0]} has no {option}"
            key = after.split("=")[0]
            if word == "--set" and re.fullmatch(r"[a-z_.]+", key) and not key.startswith("kafka.") and key not in self.keys:
                return f"no key {key}"
        return None


def main():
    """Page by page."""
    known, passed, failed = Known(), 0, 0
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "data/README.md"]:
        wrong = [*dead_links(page), *(f"microflux {' '.join(words)}: {why}" for words in commands(page) if (why := known.wrong(words)))]
        passed, failed = passed + (not wrong), failed + bool(wrong)
        for what in wrong:
            print(f"{page.relative_to(ROOT)}: {what}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
