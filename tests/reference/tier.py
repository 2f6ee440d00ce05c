"""§1, tiers, bands and their hysteresis."""
from bisect import bisect_right
from typing import NamedTuple

from methodology import C

DAY = 86_400_000


class Steps(NamedTuple):
    """A table of tiers or bands: names[i + 1] starts at starts[i] followers; edges[i] lies between them."""
    names: tuple
    starts: tuple
    edges: tuple

    def plain(self, followers):
        """Index of the plain table, no hysteresis."""
        return bisect_right(self.starts, followers)


def _same(names, edges):
    """Every step starts at its edge."""
    return Steps(names, edges, edges)


SCHEMES = {
    "default": Steps(("NONE", "MICRO", "MACRO", "MEGA"), (1000, 100_001, 1_000_001),
                     (1000, 100_000, 1_000_000)),
    # Reading: lower ends are included; below the first step is NONE; hysteresis at each of their edges.
    "stim": _same(("NONE", "NANO", "MICRO", "MID", "MACRO", "MEGA"),
                  (1000, 10_000, 50_000, 500_000, 1_000_000)),
    "later": _same(("NONE", "MICRO", "MID", "MACRO", "MEGA"), (10_000, 100_000, 500_000, 1_000_000)),
    "hypeauditor": _same(("NONE", "1-5K", "5-20K", "20-100K", "100K-1M", "1M+"),
                         (1000, 5000, 20_000, 100_000, 1_000_000)),
}
BANDED = {"MICRO": _same(("1K", "10K", "50K"), (10_000, 50_000))}        # tier of scheme default -> its bands


def lay(schemes):
    """Lays the tables of a methodology file over these: {scheme: {TIER or TIER/BAND: (from,) or (from, edge)}}."""
    for scheme, rows in schemes.items():
        names, starts, edges, bands = [], [], [], {}
        for name, (start, *edge) in rows.items():
            tier, _, band = name.partition("/")
            if tier not in names:
                names.append(tier)
                starts.append(start)
                edges.append(edge[0] if edge else start)
            if band:
                bands.setdefault(tier, []).append((band, start))
        SCHEMES[scheme] = Steps(tuple(names), tuple(starts[1:]), tuple(edges[1:]))
        if scheme == "default":
            BANDED.clear()
            for tier, pairs in bands.items():
                names, starts = zip(*pairs)
                BANDED[tier] = _same(names, starts[1:])


def cells():
    """(tier, band) of scheme default in order; a tier without bands is its own."""
    return [(tier, band) for tier in SCHEMES["default"].names
            for band in (BANDED[tier].names if tier in BANDED else (tier,))]


class Position(NamedTuple):
    """Where a fold stands: the step, since when, and the run of snapshots beyond its edge, if any."""
    step: int
    since: int
    direction: int = 0
    crossing: int = 0


def climb(steps, position, followers, at):
    """§1, hysteresis: one snapshot of the fold; position None = before the first one."""
    plain = steps.plain(followers)
    if position is None:
        return Position(plain, at)
    step, since, old_direction, old_crossing = position
    direction = (plain > step) - (plain < step)
    if direction == 0:
        return Position(step, since)
    crossing = old_crossing if old_direction == direction else at
    edge = steps.edges[step if direction > 0 else step - 1]
    percent, wait = C["hysteresis.percent"], C["hysteresis.days"] * DAY
    far = (100 * followers > (100 + percent) * edge if direction > 0 else
           100 * followers < (100 - percent) * edge)
    if far:                                      # Reading: the first rule wins where both decide
        return Position(plain, at)
    if at - crossing >= wait:
        return Position(plain, crossing + wait)
    return Position(step, since, direction, crossing)


def fold(state, followers, at):
    """One snapshot for all schemes and the bands; state is {scheme or 'band': Position} or None (§1)."""
    new = {name: climb(steps, state and state[name], followers, at) for name, steps in SCHEMES.items()}
    entered = not state or state["default"].step != new["default"].step
    bands = BANDED.get(SCHEMES["default"].names[new["default"].step])
    new["band"] = climb(bands, None if entered else state["band"], followers, at) if bands else None
    return new


def tiers(state):
    """The published list of tiers: scheme default first; a tier without bands is its own band (§1)."""
    entries = []
    for scheme, steps in SCHEMES.items():
        name = steps.names[state[scheme].step]
        bands = BANDED.get(name) if scheme == "default" else None
        band = bands.names[state["band"].step] if bands else name
        entries.append({"scheme": scheme, "tier": name, "band": band, "since": state[scheme].since})
    return entries
