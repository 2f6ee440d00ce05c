"""Which field of a published record is which value of the reference, and how far they may differ.

ROWS is the table to adapt when the schema grows: path in the record (record.py gives the reference its shape), class of
tolerance. `*` stands for any name. Lists of records with one of KEYS are read as objects by that key. A field
that the record lacks is a difference (null is a value); what no row names is listed at the end of a run.
"""
from functools import lru_cache

from engagement import WINDOWS
from records import COUNTERS
from tier import SCHEMES

KEYS = ("scheme", "name", "signal", "term", "brand", "campaign_id", "niche", "currency")
IGNORED = {"version.epoch", "as_of_source", "source", "methodology", "reason", "tables"}
EXACT, RATE, SCORE = "exact", "rate", "score"
SHARE, PART = "share of a sum", "part of a sum"          # like RATE and SCORE; what is missing is 0
COUNTS = COUNTERS + ("engagements",)
WINDOW_FIELDS = tuple(name for name, _ in WINDOWS) + ("totals",)

# The record of §1 and §2: always compared, also where the record lacks it.
BASE = [(name, EXACT) for name in ("creator_id", "as_of", "platform", "followers", "posts_90d", "sponsored_90d",
                                   "engagement_rate_posts", "engagement_rate_views_posts", "mature_organic_posts",
                                   "followers_late", "version.offsets")]
BASE += [(name, RATE) for name in ("engagement_rate", "engagement_rate_lc", "engagement_rate_views", "velocity",
                                   "estimate.rate", "estimate.low", "estimate.high", "estimate.confidence")]
BASE += [(f"{window}.{name}", EXACT) for window in WINDOW_FIELDS for name in COUNTS]


def _rows(prefix, **classes):
    """Rows of a section: names of one class, separated by spaces."""
    return [(f"{prefix}.{name}", kind) for kind, names in classes.items() for name in names.split()]


def _weighted(field):
    """A weighted score of §0 with its parts, final weights and contributions."""
    return _rows(field, score="score parts.*.score", rate="confidence parts.*.confidence parts.*.peer",
                 exact="parts.*.evidence") + [(f"{field}.parts.*.weight", SHARE),
                                              (f"{field}.parts.*.contribution", PART)]


ROWS = BASE + _rows("peers", exact="n source", rate="median", score="percentile score")
ROWS += _weighted("authenticity") + _weighted("creator_score")
ROWS += _rows("audience", exact="judged", rate="suspicious_share suspicious_low suspicious_high base_rate")
ROWS += _rows("terms", exact="*.evidence", rate="*.value", score="*.penalty")
ROWS += _rows("follower_growth", exact="days spike_day benign_spike lost_again", rate="z mad following_swing")
ROWS += _rows("content", exact="likely_posts ring_posts", rate="saturation undisclosed_share")
ROWS += _rows("activity", exact="change_7d change_30d days_since_post", rate="relative_7d relative_30d posts_per_week")
ROWS += _rows("community", score="score", exact="sampled unique_actors since",
              rate="confidence reply_share repeat_share repeat_error")
ROWS += _rows("topics", exact="source tokens niche", rate="posterior.*.probability focus_confidence", score="focus")
ROWS += _rows("commercial", exact="sponsored_posts organic_posts currency brands.*.last_day brands.*.posts "
              "brands.*.official media_value.currency campaigns.*.newest campaigns.*.clicks campaigns.*.purchases "
              "campaigns.*.value.*.minor_units", rate="paid_post_performance cost_per_engagement "
              "media_value.last_24h media_value.last_7d media_value.last_30d media_value.last_90d")
ROWS += _rows("flags", rate="*.value *.threshold", exact="*.post *.day")
LACKING = "lacking"
SPLIT = [(path.split("."), kind) for path, kind in ROWS]


def close(wanted, found, kind):
    """§0: rates 1e-6 relative or 1e-7 absolute, whichever is more; scores 1e-3."""
    if wanted == found:
        return True
    if kind == EXACT or isinstance(wanted, (bool, str)) or isinstance(found, (bool, str)):
        return False
    if kind in (SHARE, PART):
        wanted, found = wanted or 0.0, found or 0.0
    if wanted is None or found is None:
        return False
    room = 1e-3 + 1e-9 if kind in (SCORE, PART) else max(1e-6 * abs(wanted), 1.000001e-7)
    return abs(wanted - found) <= room


def keyed(node):
    """Lists of records with a key become objects."""
    if isinstance(node, dict):
        return {name: keyed(value) for name, value in node.items()}
    if isinstance(node, list) and node and all(isinstance(row, dict) for row in node):
        key = next((k for k in KEYS if all(k in row for row in node)), None)
        if key:
            return {str(row[key]): keyed(row) for row in node}
    return {} if isinstance(node, list) and not node else node


def leaves(node, path=()):
    """(path, value) of everything that holds no more names."""
    if not isinstance(node, dict):
        yield path, node
        return
    for name, inner in node.items():
        yield from leaves(inner, path + (name,))


@lru_cache(maxsize=65_536)
def row_of(path):
    """(field, class) of a path; () = not compared here; None = no row knows it. A section that is null has its parent's."""
    match = [(pattern, kind) for pattern, kind in SPLIT
             if len(path) <= len(pattern) and all(p in ("*", name) for p, name in zip(pattern, path))]
    exact = [(".".join(pattern), kind) for pattern, kind in match if len(pattern) == len(path)]
    if exact:
        return exact[0]
    if path[-1] in KEYS or path[0] == "tiers" or any(".".join(path[:n]) in IGNORED for n in (1, 2)):
        return ()
    return (".".join(match[0][0][:len(path)]), EXACT) if match else None


class Report:
    """Counts differences and prints the first of each field."""
    most = 5

    def __init__(self, quiet=False):
        self.records, self.live, self.fields, self.quiet = 0, 0, {}, quiet
        self.names, self.unknown = {}, set()

    def compare(self, field, wanted, found, where, kind=EXACT):
        """One value; `where` = (creator, offset)."""
        counts = self.fields.get(field) or self.fields.setdefault(field, [0, 0, 0])
        counts[0] += 1
        if wanted:
            counts[1] += 1
        if close(wanted, found, kind):
            return
        counts[2] += 1
        if counts[2] <= self.most and not self.quiet:
            print(f"creator {where[0]}, {field}: wanted {wanted!r}, found {found!r}, offset {where[1]}")

    def compare_name(self, field, scheme, wanted, found, where):
        """A tier name: case does not matter; an unknown name of a further scheme must keep its meaning."""
        mine, theirs = wanted.lower(), str(found).lower()
        same = mine == theirs
        if scheme != "default":
            known = theirs in [name.lower() for name in SCHEMES[scheme].names]
            mapped = self.names.setdefault((scheme, mine), theirs) == theirs
            mapped = self.names.setdefault((scheme, "found", theirs), mine) == mine and mapped
            same = mapped and (same or not known)
        self.compare(field, wanted, wanted if same else found, where)

    def sums(self):
        """Compared, non-trivial, different over all fields."""
        return [sum(column) for column in zip(*self.fields.values())] or [0, 0, 0]


def compare_record(report, wanted, found, where):
    """All fields of one record; one that it lacks differs from null."""
    ours, theirs = (dict(leaves(keyed(record))) for record in (wanted, found))
    for path in {**ours, **theirs}:
        row = row_of(path)
        if row:
            report.compare(row[0], ours.get(path, LACKING), theirs.get(path, LACKING), where, row[1])
        elif row is None and path in theirs:
            report.unknown.add(".".join(path))


def compare_tiers(report, wanted, found, where):
    """§1, the schemes: default first, each with tier, band, since."""
    mine = {tier["scheme"]: tier for tier in wanted["tiers"]}
    theirs = found.get("tiers") or []
    first = theirs[0].get("scheme") if theirs else None
    report.compare("tiers.first", "default" if mine else None, first, where)
    for tier in theirs if mine else ():
        scheme = tier.get("scheme")
        if scheme not in mine:
            report.compare("tiers.scheme", "a scheme of scoring.md", scheme, where)
            continue
        field = f"tiers.{scheme}."
        report.compare_name(field + "tier", scheme, mine[scheme]["tier"], tier.get("tier"), where)
        report.compare_name(field + "band", scheme, mine[scheme]["band"], tier.get("band"), where)
        report.compare(field + "since", mine[scheme]["since"], tier.get("since"), where)
