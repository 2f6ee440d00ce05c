"""Every constant of scoring.md in one plain dict, C: section.name -> number or tuple of numbers.

Sections and names are those of data/methodology/microflux-1.conf, so that `load` can lay the file over the values
below, which are those of the page. Sizes of the state (§0.1) are here too; they are no opinion and not in the file.
"""
import configparser
import os
from math import log
from pathlib import Path

DATA = Path(os.environ.get("MICROFLUX_DATA") or Path(__file__).resolve().parents[2] / "data")
METHODOLOGY_FILE = DATA / "methodology/microflux-1.conf"

C = {
    # §0
    "round.rate": 7, "round.score": 3, "score.confidence_least": 0.10,
    # §0.1
    "state.max_future": 5 * 60_000, "state.late_days": 92, "state.hours": 48, "state.days": 92, "state.posts": 32,
    "state.profile_days": 40, "state.placeholders": 8, "state.placeholder_hours": 24, "state.tokens": 30,
    "state.fingerprints": 64, "state.slices": 3, "state.slice_days": 14, "state.sample": 64, "state.hll_bits": 11,
    "state.campaigns": 16,
    # §1; the tables of tiers are in tier.py
    "hysteresis.percent": 2, "hysteresis.days": 7,
    # §2
    "engagement.mature_h": 24, "engagement.mature_until_d": 90, "engagement.posts": 12, "engagement.posts_least": 5,
    "estimate.half": 0.5, "estimate.peer_weight": 0.3, "estimate.offset": 0.5, "estimate.interval_z": 1.28,
    "estimate.interval_sigma": 0.58, "estimate.interval_floor": 0.15, "estimate.k": 1,
    # §3
    "peers.bins": 64, "peers.low": 1e-5, "peers.high": 1, "peers.least": 100, "peers.at_median": 75,
    "peers.quantiles": (0.01, *(i / 20 for i in range(1, 20)), 0.99),
    # §4, weights and audience
    "authenticity.weight_audience": 0.40, "authenticity.weight_engagement": 0.30, "authenticity.weight_growth": 0.20,
    "authenticity.weight_content": 0.10,
    "fake.intercept": -2.3, "fake.ratio": 1.3, "fake.posts": -0.95, "fake.following": 1.2,
    "fake.following_from": 1000, "fake.no_picture": 1.7, "fake.digits": 0.35, "fake.digits_most": 4,
    "fake.picture_unknown": 0.07, "fake.digits_unknown": 0.5, "fake.base_rate": 0.17,
    "audience.k": 20, "audience.suspicious_from": 0.5, "audience.wilson_z": 1.96,
    # §4, engagement: cap, ramp from, ramp to; and the evidence needed
    "term.spread": (40, 1.00, 1.40), "term.spread_least": 20, "term.step": (25, 1.44, 2.20), "term.step_least": 20,
    "term.rate_high": (25, 0, log(3)), "term.rate_low": (15, 0, log(4)),
    "term.generic": (20, 0.25, 0.60), "term.generic_least": 20,
    "term.duplicate": (15, 0.15, 0.50), "term.duplicate_least": 20,
    "term.early": (15, 0.50, 0.90), "term.early_least": 3,
    "evidence.k": 10, "evidence.likes_reach": 6, "evidence.spread_comments": 0.25, "evidence.spread_high": 0.9,
    "evidence.spread_low": 0.5, "evidence.spread_likes": 0.08, "evidence.step_half": 8,
    "evidence.step_comments": 0.6, "evidence.generic_words": 2, "evidence.early_comments": 5,
    "evidence.early_minutes": 9,
    # §4, growth and content
    "growth.days_least": 8, "growth.k": 14, "growth.spike": (60, 6, 20), "growth.spike_mad": 1.4826,
    "growth.spike_followers": 0.001, "growth.spike_least": 1, "growth.benign_factor": 1.5, "growth.lost_cap": 25,
    "growth.lost_share": 0.30, "growth.lost_days": 14, "growth.following": (15, 0.5, 2),
    "growth.following_days": 30, "growth.following_least": 100,
    "content.posts_least": 5, "content.k": 5, "content.saturation": (60, 0.30, 0.70),
    "content.undisclosed": (40, 0.10, 0.50),
    # §4, §6: flags
    "flag.spread": 1.00, "flag.step": 1.44, "flag.growth_spike": 6, "flag.generic": 0.50, "flag.early": 0.70,
    "flag.saturation": 0.30, "flag.pod_repeat": 0.40, "flag.pod_early": 0.50, "flag.pod_generic": 0.30,
    # §5
    "activity.change_days": (7, 30), "activity.posts_days": 30,
    # §6
    "community.weight_repeat": 0.6, "community.weight_reply": 0.4, "community.repeat": (0, 0.30),
    "community.reply": (0, 0.30), "community.k": 30,
    # §7
    "niche.prior": 0.5, "niche.assert": 0.60, "niche.focus_k": 2, "niche.content_k": 2,
    "vector.content_k": 3, "vector.audience_k": 5, "vector.audience_weight": 0.8, "vector.brand_posts_weight": 0.5,
    "niche.names": ("FASHION", "BEAUTY", "FAMILY", "FITNESS", "FOOD", "INTERIOR", "PET", "TRAVEL"),
    # §8
    "commercial.saturation_least": 3, "commercial.window_d": 90, "commercial.paid_k": 2,
    "commercial.healthy_low": 0.05, "commercial.healthy_high": 0.15,
    # §9
    "creator.weight_engagement": 0.35, "creator.weight_authenticity": 0.30, "creator.weight_focus": 0.20,
    "creator.weight_community": 0.15,
    # §10
    "fit.competitor_days": 90, "fit.suspicious_least": 20, "fit.suspicious_most": 0.20,
    "fit.target_reach": 0.5, "fit.values_reach": 0.2, "fit.quality_reach": 0.15, "fit.values_k": 5, "fit.values": (0, 0.2),
    "fit.weight_engagement": 0.35, "fit.weight_authenticity": 0.35, "fit.weight_saturation": 0.10, "fit.weight_paid": 0.10,
    "fit.weight_cost": 0.10, "fit.saturation": (0.15, 0.50), "fit.paid_at_parity": 50, "fit.cost_reach": 3,
    "fit.tokens_k": 3, "fit.untold": 0.5, "fit.near_duplicate": 0.95, "fit.best": 200, "fit.min_change": 0.5,
    # §7, the audience lane; §11; §12 (hours, days and shares)
    "audience.ring": 2, "audience.ring_days": 90, "roster.error": 0.023,
    "alert.hours": 1, "alert.followers": 0.20, "alert.authenticity": 10, "alert.days": 7, "alert.top": 20,
    "alert.silent_days": 14,
}


def read(path):
    """{section: {name: tuple of numbers and words}} of a file of data/; empty without the file."""
    parser = configparser.ConfigParser(interpolation=None, delimiters="=", comment_prefixes=";")
    parser.optionxform = str
    parser.read(path, encoding="utf-8")
    return {section: {name: tuple(number(part) for part in text.split()) for name, text in parser.items(section)}
            for section in parser.sections()}


def load(path=METHODOLOGY_FILE):
    """Lays the file over C where it exists; gives its schemes of tiers and the names that C does not know."""
    schemes, unknown = {}, []
    for section, rows in read(path).items():
        for name, values in rows.items():
            key = f"{section}.{name}"
            if section.startswith("scheme "):
                schemes.setdefault(section[7:], {})[name] = values
            elif key not in C:
                unknown.append(key)
            else:
                C[key] = values if isinstance(C[key], tuple) else values[0]
    return schemes, [key for key in unknown if not key.startswith("methodology.")]


def number(text):
    """A number where it is one, else the word."""
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text
