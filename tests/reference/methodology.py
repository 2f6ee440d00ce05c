"""Every constant of scoring.md in one plain dict, C: section.name -> number or tuple.

`load` overrides them from the methodology file (ini: [section], name = number, or numbers separated by commas).
The values below are those of the page. Sizes of the state (§0.1) are here too, although they are no opinion.
"""
import configparser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
METHODOLOGY_FILE = ROOT / "data/methodology/microflux-1.conf"

C = {
    # §0
    "round.rate": 7, "round.score": 3, "score.min_confidence": 0.10,
    # §0.1
    "state.max_future": 5 * 60_000, "state.late_days": 92, "state.hours": 48, "state.days": 92, "state.posts": 32,
    "state.profile_days": 40, "state.placeholders": 8, "state.placeholder_hours": 24, "state.tokens": 30,
    "state.fingerprints": 64, "state.slices": 3, "state.slice_days": 14, "state.sample": 64, "state.hll_bits": 11,
    "state.campaigns": 16,
    # §1; the tables of tiers themselves are in tier.py
    "tier.percent": 2, "tier.days": 7,
    # §2
    "engagement.newest": 12, "engagement.enough": 5, "engagement.mature_hours": 24, "engagement.mature_days": 90,
    "estimate.half_life": 2, "estimate.half": 0.5, "estimate.shrink": 0.3, "estimate.z": 1.28,
    "estimate.sigma": 0.58, "estimate.widen": 0.15, "estimate.k": 1,
    # §3
    "peers.bins": 64, "peers.low": 1e-5, "peers.high": 1.0, "peers.enough": 100, "peers.at_median": 75,
    # §4, audience
    "authenticity.audience": 0.40, "authenticity.engagement": 0.30, "authenticity.growth": 0.20,
    "authenticity.content": 0.10,
    "audience.k": 20, "audience.suspicious": 0.5, "audience.z": 1.96, "audience.base_rate": 0.17,
    "actor.intercept": -2.3, "actor.ratio": 1.3, "actor.posts": 0.95, "actor.mass": 1.2, "actor.mass_from": 1001,
    "actor.no_picture": 1.7, "actor.digit": 0.35, "actor.digits_max": 4, "actor.null_picture": 0.07,
    "actor.null_digits": 0.5,
    # §4, engagement: ramp from, to, cap
    "terms.spread": (1.00, 1.40, 40), "terms.step": (1.44, 2.20, 25), "terms.rate_high": (0, "ln 3", 25),
    "terms.rate_low": (0, "ln 4", 15), "terms.generic": (0.25, 0.60, 20), "terms.duplicate": (0.15, 0.50, 15),
    "terms.early_burst": (0.50, 0.90, 15),
    "terms.k": 10, "likes.posts": 20, "likes.around": 6, "likes.comments": 0.25, "likes.level": 0.08,
    "likes.block": 8, "likes.block_comments": 0.6, "likes.older_hours": 24,
    "generic.comments": 20, "generic.words": 2, "duplicate.fingerprints": 20,
    "burst.posts": 3, "burst.comments": 5, "burst.minutes": 10,
    # §4, growth and content
    "growth.days": 8, "growth.k": 14, "growth.spike": (6, 20, 60), "growth.mad": 1.4826, "growth.share": 0.001,
    "growth.benign": 1.5, "growth.lost": 0.30, "growth.lost_days": 14, "growth.lost_cost": 25,
    "growth.following": (0.5, 2, 15), "growth.following_days": 30, "growth.following_min": 100,
    "content.posts": 5, "content.k": 5, "content.saturation": (0.30, 0.70, 60), "content.likely": (0.10, 0.50, 40),
    # §4, §6: flags
    "flags.spread": 1.00, "flags.step": 1.44, "flags.growth_spike": 6, "flags.generic_comments": 0.50,
    "flags.early_burst": 0.70, "flags.saturation": 0.30,
    "pod.repeat": 0.40, "pod.early_burst": 0.50, "pod.generic": 0.30,
    # §6
    "community.repeat": (0, 0.30, 0.6), "community.reply": (0, 0.30, 0.4), "community.k": 30,
    # §7
    "niche.smooth": 0.5, "niche.assert": 0.60, "niche.k": 2,
    # §8
    "saturation.posts": 3, "saturation.days": 90, "paid.k": 2,
    # §9
    "creator.engagement": 0.35, "creator.authenticity": 0.30, "creator.niche_focus": 0.20, "creator.community": 0.15,
}


def load(path=METHODOLOGY_FILE):
    """Overrides C from the file where it exists; gives the names of the file that C does not know."""
    parser = configparser.ConfigParser(interpolation=None)
    if not parser.read(path, encoding="utf-8"):
        return []
    unknown = []
    for section in parser.sections():
        for name, text in parser.items(section):
            key = f"{section}.{name}"
            if key not in C:
                unknown.append(key)
                continue
            values = tuple(number(part) for part in text.split(","))
            C[key] = values if isinstance(C[key], tuple) else values[0]
    return unknown


def number(text):
    """An int where it is one, a float, or `ln x` as it stands."""
    text = text.strip()
    if text.startswith("ln "):
        return text
    value = float(text)
    return int(value) if value == int(value) and "." not in text and "e" not in text.lower() else value
