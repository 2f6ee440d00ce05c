"""Each planted error is found: the checks of §7 and §10–§12 fail in a copy with one line changed, or one constant moved.

    python3 planted.py          all of them; last line `N passed, N failed`; also part of published.py --self-test
    python3 planted.py CHECKS   only runs the checks of that name (here: in a copy); exit 1 at the first that does not hold
"""
import compileall
import importlib
import os
import py_compile
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from methodology import C, DATA

HERE = Path(__file__).resolve().parent
VECTORS, FIT, ROSTER, ALERTS = "vector_checks", "fit_checks", "roster_checks", "alert_checks"
PREFIXES = {"vector.": FIT, "fit.": FIT, "audience.ring": VECTORS, "roster.": ROSTER, "alert.": ALERTS}
ELSEWHERE = {"niche.content_k": VECTORS, "fit.best": ROSTER, "fit.min_change": ROSTER, "vector.audience_k": VECTORS,
             "vector.content_k": VECTORS, "commercial.healthy_low": ALERTS, "commercial.healthy_high": ALERTS}

ERRORS = (                                       # checks, file, line, what it becomes
    (VECTORS, "xxh3", "(h >> 35) + n", "(h >> 35)"),
    (VECTORS, "xxh3", "number % 16 == 15", "number % 16 == 14"),
    (VECTORS, "models", "log((self.posts + 1) /", "log(self.posts /"),
    (VECTORS, "models", "(int(df), unit(numbers(e)))", "(int(df), numbers(e))"),
    (VECTORS, "models", "if digest != f", "if not f"),
    (VECTORS, "models", "if trained != embedding.digest", "if not trained"),
    (VECTORS, "vectors", "{t: log(1 + c) for", "{t: c for"),
    (VECTORS, "vectors", "plus(unit(x), model.mu, -1.0)), n", "unit(x)), n"),
    (VECTORS, "vectors", "plus(unit(y), nu, -1.0)", "unit(y)"),
    (VECTORS, "vectors", "if not m or not any(y)", "if not m"),
    (VECTORS, "vectors", "for h in {hash_of(name) for name in p.record.tokens}", "for h in map(hash_of, p.record.tokens * 2)"),
    (VECTORS, "vectors", "floor(abs(x) / scale + 0.5)", "floor(abs(x) / scale)"),
    (VECTORS, "vectors", "times(u, evidence(n, C[\"niche.content_k\"])) + list(a)", "list(u) + list(a)"),
    (VECTORS, "audience", "((new, old), (old, new))", "((new, old), (new, old))"),
    (VECTORS, "audience", "if again:\n            return []", "if False:\n            return []"),
    (VECTORS, "audience", "sorted(others + [newest]", "sorted(ring + [newest]"),
    (VECTORS, "audience", "if old.digest == e.digest", ""),
    (VECTORS, "audience", "if self.digest != update.digest or self.y is None", "if self.y is None"),
    (VECTORS, "audience", "or record.late ", ""),
    (VECTORS, "topics", "len(tokens(ring)) if known is None else known", "len(tokens(ring))"),
    (FIT, "gates", "k[\"starts_at\"] <= now", "k[\"starts_at\"] < now"),
    (FIT, "gates", "now < k[\"ends_at\"]", "now <= k[\"ends_at\"]"),
    (FIT, "gates", "\"excluded\": lambda: excludes(k, c[\"posts\"]),\n             \"competitor\": lambda: competes(k, c[\"posts\"], now)",
     "\"competitor\": lambda: competes(k, c[\"posts\"], now),\n             \"excluded\": lambda: excludes(k, c[\"posts\"])"),
    (FIT, "gates", "p[\"sponsored\"] and ", ""),
    (FIT, "gates", "value is not None and value < least", "(value or 0) < least"),
    (FIT, "gates", "or entry in post[\"words\"]", ""),
    (FIT, "gates", "for p in state.ring()]", "for p in state.posts.values()]"),
    (FIT, "records", "if since <= timestamp", ""),
    (FIT, "affinity", "(a - dot(mean_v, b)) / sqrt(variance)", "a / sqrt(variance)"),
    (FIT, "affinity", "/ sqrt(variance)", "/ variance"),
    (FIT, "affinity", "sum(column) for column", "sum(column) / len(column) for column"),
    (FIT, "affinity", "masses[hash_of(\"#\" + name)] += weight", "masses[hash_of(\"#\" + name)] += 1"),
    (FIT, "affinity", "if n]", "]"),
    (FIT, "fit", "min(aud[name].get(key, 0.0), share)", "aud[name].get(key, 0.0)"),
    (FIT, "fit", "sum(sums) / len(sums)", "sum(sums) / 2"),
    (FIT, "fit", "ramp(-log(cpe_ratio), -end, end)", "ramp(log(cpe_ratio), -end, end)"),
    (FIT, "fit", "100 - 100 * ramp(saturation", "100 * ramp(saturation"),
    (FIT, "fit", "min(ppp, 2)", "ppp"),
    (FIT, "fit", "(weights or {}).get(name, 1.0)", "1.0"),
    (FIT, "fit", "factors.insert(1,", "factors.insert(0,"),
    (FIT, "fit", "min(evidence(n, C[\"fit.tokens_k\"]), q[\"confidence\"])", "q[\"confidence\"]"),
    (FIT, "fit", "if i != state.creator_id}", "}"),
    (FIT, "fit", "(price_levels or {}).get(paid[\"currency\"])", "next(iter((price_levels or {}).values()), None)"),
    (ROSTER, "best", "(-row[1], row[0])", "(-row[1],)"),
    (ROSTER, "best", "and round_score(fit) > 0", ""),
    (ROSTER, "best", "                self.told[creator] = fit", "            self.told[creator] = fit"),
    (ROSTER, "roster", "key=lambda c: c[\"creator_id\"])", "key=lambda c: c[\"fit\"])"),
    (ROSTER, "roster", "c[\"price\"] <= left", "c[\"price\"] < left"),
    (ROSTER, "roster", "or gains[i][0] <= 0", ""),
    (ROSTER, "roster", "return all(c.get", "return any(c.get"),
    (ROSTER, "roster", "size(both(reached, audience)) - size(reached)", "size(audience)"),
    (ROSTER, "roster", "for o in members if o is not c", "for o in members if o is c"),
    (ROSTER, "roster", "min(sizes[:2]) if", "max(sizes[:2]) if"),
    (ROSTER, "roster", "price[\"currency\"] == budget[\"currency\"]", "price[\"currency\"]"),
    (ALERTS, "alerts", "(now > 0) != (then > 0)", "False"),
    (ALERTS, "alerts", "and fallen(before, told) is None", ""),
    (ALERTS, "alerts", "max(scores) - score)", "scores[-1] - score)"),
    (ALERTS, "alerts", "if healthy(before) and", "if"),
    (ALERTS, "alerts", "and not silent(before)", ""),
    (ALERTS, "alerts", "return self[:4]", "return self[:3]"),
    (ALERTS, "alerts", "key, at = alert[:2], self.last.get(alert[:2])", "key, at = alert[:1], self.last.get(alert[:1])"),
)


class Found(Exception):
    """A check does not hold."""


class Strict:
    """Stops at the first check that does not hold."""

    def true(self, name, holds):
        """One of them."""
        if not holds:
            raise Found(name)


def holds(name):
    """True when all checks of that name hold; an error of any kind is a finding."""
    try:
        getattr(importlib.import_module(name), name)(Strict(), random.Random(7))
    except Exception:                            # whatever the planted error breaks
        return False
    return True


def planted_lines():
    """(what was planted, found) of each changed line, in a copy of this folder."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "reference"
        shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(copy, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
        place = {**os.environ, "MICROFLUX_DATA": str(DATA)}
        for checks, name, line, other in ERRORS:
            path = copy / (name + ".py")
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(line, other, 1), encoding="utf-8")
            ran = subprocess.run([sys.executable, str(copy / "planted.py"), checks], env=place, capture_output=True, check=False)
            yield f"{name}.py: {line}", text.count(line) > 0 and ran.returncode == 1
            path.write_text(text, encoding="utf-8")


def planted_constants():
    """(constant, found) of each one of these sections moved."""
    for key, value in list(C.items()):
        checks = ELSEWHERE.get(key) or next((c for prefix, c in PREFIXES.items() if key.startswith(prefix)), None)
        if checks:
            C[key] = tuple(v + 0.1 for v in value) if isinstance(value, tuple) else value + (1 if isinstance(value, int) else 0.01)
            yield f"{key} = {C[key]}", not holds(checks)
            C[key] = value


def planted():
    """All of them, and that nothing is found where nothing is planted."""
    yield from ((f"{checks} without an error", holds(checks)) for checks in (VECTORS, FIT, ROSTER, ALERTS))
    yield from planted_constants()
    yield from planted_lines()


def say(results):
    """Prints each (name, found) that was not found, and the last line; the exit status."""
    for name, found in results:
        if not found:
            print("not found:", name)
    passed = sum(found for _, found in results)
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if passed == len(results) else 1


def main():
    """The checks of one name, or all that is planted."""
    if len(sys.argv) > 1:
        return 0 if holds(sys.argv[1]) else 1
    return say(list(planted()))


if __name__ == "__main__":
    sys.exit(main())
