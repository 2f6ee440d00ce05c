"""What `fit`, `what-if`, `compare` and `overlap` say agrees with itself, and with scoring.md §10 and §11 computed here from the parts they name.
usage: campaigns.py MICROFLUX CAMPAIGN CREATOR…"""
import json
import math
import subprocess
import sys

microflux, campaign, creators = sys.argv[1], sys.argv[2], sys.argv[3:]
compared = wrong = 0


def ask(*words):
    return json.loads(subprocess.run([microflux, *words, "--format", "json"], capture_output=True, text=True, check=True).stdout)


def same(what, wanted, found, tolerance=1e-6):
    global compared, wrong
    compared += 1
    if wanted != found and not (isinstance(wanted, (int, float)) and isinstance(found, (int, float)) and abs(wanted - found) <= tolerance):
        wrong += 1
        print(f"{what}: wanted {wanted}, found {found}")


def ramp(x, low, high):
    return min(max((x - low) / (high - low), 0), 1)


def check_fit(pair, wanted):
    name, parts = pair["creator_id"], {k: v for k, v in pair["quality"].items() if v}
    q = sum(p["contribution"] for p in parts.values()) if parts else None
    factors = {"target": 1 if pair["target"] is None else 0.5 + 0.5 * pair["target"],
               "values": 1 if pair["values"] is None else 0.8 + 0.2 * ramp(pair["values"], 0, 0.2),
               "quality": 1 if not parts else 0.85 + 0.15 * q / 100}
    fit = pair["affinity"]
    for factor, value in factors.items():
        same(f"{name} {factor}", value, pair["factors"][factor]["factor"])
        same(f"{name} {factor} step", fit * value ** wanted["weights"].get(factor, 1) - fit, pair["factors"][factor]["step"])
        fit *= value ** wanted["weights"].get(factor, 1)
    same(f"{name} fit", 0 if pair["gate"] else fit, pair["fit"])
    same(f"{name} weights of quality", 1 if parts else 0, sum(p["weight"] for p in parts.values()))


def check_affinity(pair, wanted, score):
    topics_of = score["topics"]
    if "posterior" not in topics_of:  # Avro's JSON names the branch of a union
        topics_of = next(iter(topics_of.values()))
    p = {n["niche"]: n["probability"] for n in topics_of["posterior"]}
    topics = wanted["topics"]
    norm = math.sqrt(sum(v * v for v in p.values()) * sum(v * v for v in topics.values()))
    same(f"{pair['creator_id']} affinity", 100 * sum(p.get(t, 0) * w for t, w in topics.items()) / norm, pair["affinity"], 1e-3)


wanted = ask("campaigns", "show", campaign)
pairs = [ask("fit", c, campaign) for c in creators]
for pair in pairs:
    check_fit(pair, wanted)
    check_affinity(pair, wanted, ask("explain", pair["creator_id"]))
listed = ask("what-if", campaign, "--top", "1000")
ranked = sorted((p for p in pairs if not p["gate"]), key=lambda p: (-p["fit"], p["creator_id"]))[:200]
same("ranking", [p["creator_id"] for p in ranked], [r["creator_id"] for r in listed["ranking"]])
same("creators", len(creators), listed["creators"])
for gate, n in listed["rejected"].items():
    same(f"rejected by {gate}", sum(p["gate"] == gate for p in pairs), n)
roster = listed["roster"]
same("roster within its slots", True, len(roster["members"]) <= wanted["slots"])
same("what each adds sums to the reach", roster["unduplicated_reach"], sum(m["marginal"] for m in roster["members"]), 1e-3)
free = ask("what-if", campaign, "--slots", "1")["roster"]["members"]
same("one slot: the first of the roster", [m["creator_id"] for m in roster["members"][:1]], [m["creator_id"] for m in free])
two = [m["creator_id"] for m in roster["members"][:2]]
if len(two) == 2:
    beside = [json.loads(line) for line in subprocess.run([microflux, "compare", *two, "--campaign", campaign, "--format", "json"], capture_output=True, text=True, check=True).stdout.splitlines()]
    fits = {p["creator_id"]: p["fit"] for p in pairs}
    same("compare says the same fits", [fits[c] for c in two], [b["fit"] for b in beside])
    same("overlap with itself", 1, ask("overlap", two[0], two[0])["overlap"], 1e-4)
print(f"{len(pairs)} pairs, {sum(p['gate'] is not None for p in pairs)} rejected, {sum(p['fit'] > 0 for p in pairs)} fit, {compared} compared, {wrong} differences")
sys.exit(wrong > 0 or not any(p["gate"] for p in pairs) or sum(p["fit"] > 0 for p in pairs) < 5)
