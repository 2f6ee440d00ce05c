"""A day of a generated market, told: `market_day.sh` runs it, this writes the page from what came out.

  market_day.py split EVENTS FOLDER      FOLDER/history and FOLDER/day: the last 24 hours
  market_day.py campaigns EVENTS         50 campaigns, NDJSON; `changed EVENTS` the two of them that change their mind
  market_day.py page FOLDER MICROFLUX    the page, of FOLDER/{day,campaigns.log,shortlists.log,begins,tells}
"""
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

DAY, N = 86_400_000, 50
NICHES = "FASHION BEAUTY FAMILY FITNESS FOOD INTERIOR PET TRAVEL".split()
VALUES = "sustainability local organic craftsmanship inclusivity animal_welfare".split()
TURNS, CUTS = "campaign-13", "campaign-20"                # one that turns to another topic, one that asks for more and has fewer places


def lines(path):
    """Objects of an NDJSON file."""
    with open(path, encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def split(path, folder):
    """By the time of the last event."""
    last = max(json.loads(line)["timestamp"] for line in open(path, encoding="utf-8"))
    with open(path, encoding="utf-8") as stream, open(f"{folder}/history", "w") as history, open(f"{folder}/day", "w") as day:
        for line in stream:
            (day if json.loads(line)["timestamp"] >= last - DAY else history).write(line)


def campaigns(path):
    """Brands are those that the stream's sponsored posts name; each looks for two niches."""
    sponsors, last = Counter(), 0
    for line in open(path, encoding="utf-8"):
        event = json.loads(line)
        sponsors.update(event["value"].get("sponsors") or ())
        last = max(last, event["timestamp"])
    brands = [name for name, _ in sponsors.most_common(N)] or ["acme"]
    for i in range(N):
        made = {"campaign_id": f"campaign-{i}", "brand": brands[i % len(brands)], "status": "ACTIVE", "updated_at": last, "slots": 4 + i % 5,
                "tiers": ["MICRO"], "topics": {NICHES[i % 8]: 1, NICHES[(i // 8 + i + 1) % 8]: .4}, "excluded": ["gambling", "tobacco"]}
        if i % 3 == 1:
            made["values"] = [VALUES[i % len(VALUES)]]
        if i % 3 == 2:
            made["min_authenticity"] = 70
        if i % 4 == 2:
            made["platforms"] = ["INSTAGRAM"]
        if i % 5 == 0:
            made["competitors"] = [brands[(i + 1) % len(brands)]]
        yield made


def changed(path):
    """The two that change."""
    for made in campaigns(path):
        if made["campaign_id"] == TURNS:
            yield {**made, "topics": {"TRAVEL": 1, "FOOD": .3}}
        elif made["campaign_id"] == CUTS:
            yield {**made, "min_authenticity": 85, "slots": 3}


class Run:
    """What the run left behind."""

    def __init__(self, folder, microflux):
        self.folder, self.microflux = Path(folder), microflux
        self.begins, self.tells = (int((self.folder / name).read_text()) for name in ("begins", "tells"))
        self.campaigns, self.records = {}, {}
        for r in lines(self.folder / "campaigns.log"):
            self.campaigns[r["key"]] = r["value"]
            self.records.setdefault(r["key"], []).append(r)
        self.lists = {}
        for r in lines(self.folder / "shortlists.log"):
            if r["value"]:
                self.lists.setdefault(r["key"], []).append((r["timestamp"], r["value"]))

    def before(self, name):
        """The last shortlist of the morning."""
        return next((told for at, told in reversed(self.lists[name]) if at < self.begins), None)

    def at_night(self, name):
        """The last one before the two changes, or of all."""
        return next((told for at, told in reversed(self.lists[name]) if at < self.tells), None)

    def ask(self, *words):
        """A command's JSON."""
        return json.loads(subprocess.run([self.microflux, *words, "--format", "json"], capture_output=True, text=True, check=True).stdout)

    def said(self, *words):
        """A command's words."""
        return subprocess.run([self.microflux, *words], capture_output=True, text=True, check=True).stdout.rstrip()


def ranks(told):
    """{creator: rank}"""
    return {row["creator_id"]: i + 1 for i, row in enumerate(told["ranking"])} if told else {}


def title(run, name):
    """A campaign as people say it."""
    k = run.campaigns[name]
    return f"**{k['brand']}** (`{name}`: {' and '.join(topic.lower() for topic in k['topics'])})"


def morning(run):
    """The day's events."""
    kinds, creators = Counter(), set()
    for event in lines(run.folder / "day"):
        creators.add(event["value"]["creator_id"])
        kinds[event["value"].get("kind", event["topic"]).lower() + "s" * (event["topic"] == "interactions")] += 1
    everybody = len({json.loads(line)["value"]["creator_id"] for line in open(run.folder / "history", encoding="utf-8")} | creators)
    yield (f"{everybody:,} creators, {len(run.campaigns)} campaigns. In the 24 hours told here {len(creators):,} of the creators were seen: "
           f"{sum(kinds.values()):,} records. When the day began each campaign had its shortlist of the weeks before.\n")
    yield "| " + " | ".join(kind for kind, _ in kinds.most_common()) + " |\n|" + "--:|" * len(kinds)
    yield "| " + " | ".join(f"{n:,}" for _, n in kinds.most_common()) + " |\n"


def climbs(run):
    """(places won, campaign, creator, rank before or None, rank after) of the day, the largest first."""
    rows = []
    for name in run.lists:
        then, now = ranks(run.before(name)), ranks(run.at_night(name))
        for creator, rank in now.items():
            if rank <= 10 and then.get(creator, 0) > rank:
                rows.append((then[creator] - rank, name, creator, then[creator], rank))
    return sorted(rows, key=lambda row: (-row[0], row[1], row[2]))


def row_of(told, creator):
    """Whom a shortlist ranks."""
    return next(row for row in told["ranking"] if row["creator_id"] == creator)


def rose(run):
    """Who rose, and what moved them."""
    rows, seen = [], set()
    for _, name, creator, was, rank in climbs(run):
        if creator not in seen:
            seen.add(creator)
            rows.append((name, creator, was, rank, row_of(run.before(name), creator), row_of(run.at_night(name), creator)))
    yield "| who | for | rank | affinity | kept by the factors | fit |\n|---|---|---|---|---|---|"
    for name, creator, was, rank, old, new in rows[:6]:
        kept = " → ".join(f"{100 * row['fit'] / row['affinity']:.0f} %" for row in (old, new))
        yield (f"| `{creator}` | {title(run, name)} | {was} → **{rank}** | {old['affinity']:.1f} → {new['affinity']:.1f} | {kept} | "
               f"{old['fit']:.1f} → **{new['fit']:.1f}** |")
    name, creator, was, rank, *_ = rows[0]
    yield (f"\nThe widest leap is `{creator}`'s, from {was} to {rank} for {title(run, name)}. `microflux fit {creator} {name}` says what the fit is made of, step by step:\n\n"
           f"```\n{run.said('fit', creator, name)}\n```\n")


def turned_away(run):
    """Gates of the pickiest campaign, and one person."""
    counts = {name: run.ask("what-if", name, "--top", "1")["rejected"] for name in ("campaign-5", "campaign-20", "campaign-35")}
    name = max(counts, key=lambda n: len([g for g, c in counts[n].items() if c]))
    yield f"{title(run, name)} asks for much. Each creator is turned away by the first gate that fails:\n"
    rows = sorted(((gate, n) for gate, n in counts[name].items() if n), key=lambda row: -row[1])
    yield "| gate | creators |\n|---|--:|"
    for gate, n in rows:
        yield f"| {gate} | {n:,} |"
    out = next(((c, n) for n in run.lists for c in sorted(set(ranks(run.before(n))) - set(ranks(run.at_night(n)))) if run.ask("fit", c, n)["gate"]), None)
    if out:
        creator, name = out
        yield (f"\n`{creator}` was number {ranks(run.before(name))[creator]} for {title(run, name)} in the morning, and is on no list at night. "
               f"`microflux fit {creator} {name}` says why:\n\n```\n{run.said('fit', creator, name)}\n```\n")


def seconds(run, name):
    """(to the first shortlist under the new terms, to the last of the burst) after the campaign's record."""
    record = run.records[name][-1]
    digests = [(at, told["campaign"]["digest"]) for at, told in run.lists[name]]
    old = next(digest for at, digest in reversed(digests) if at < record["timestamp"])
    later = [at for at, digest in digests if digest != old and at >= record["timestamp"]]
    return (later[0] - record["timestamp"]) / 1000, (later[-1] - record["timestamp"]) / 1000


def minds(run):
    """What the two changes did."""
    for name, what in ((TURNS, "wants travellers now, not what it was about before"), (CUTS, "asks for an authenticity of 85, and for three people only")):
        told, last = run.at_night(name), run.lists[name][-1][1]
        first, settled = seconds(run, name)
        then, now = ranks(told), ranks(last)
        chosen = [[m["creator_id"] for m in one["roster"]["members"]] for one in (told, last)]
        yield (f"- {title(run, name)} {what}. The first shortlist under the new terms came **{first:.1f} s** after the change, the last that it moved "
               f"after {settled:.1f} s, when all {len(now)} places had been judged anew: {len(set(now) - set(then))} creators entered the ranking, "
               f"{len(set(then) - set(now))} left it. Of the roster of {len(chosen[0])} before, {len(set(chosen[0]) & set(chosen[1]))} are in the one of "
               f"{len(chosen[1])} after.")
    yield ""


def crowd(run):
    """One roster."""
    name = max(run.lists, key=lambda n: (run.lists[n][-1][1]["roster"]["expected_frequency"] if len(run.lists[n][-1][1]["roster"]["members"]) > 3 else 0))
    roster = run.lists[name][-1][1]["roster"]
    yield f"{title(run, name)} has {len(roster['members'])} places. Each is given to whom adds most: fit times people nobody before them reaches.\n"
    yield "| | people | new ones | nobody else's | together so far |\n|---|--:|--:|--:|--:|"
    own = {row["creator_id"]: row["reach"] for row in run.lists[name][-1][1]["ranking"]}
    for m in roster["members"]:
        yield f"| `{m['creator_id']}` | {own[m['creator_id']]:,.0f} | {m['marginal_reach']:,.0f} | {m['exclusive_reach']:,.0f} | {m['reach_so_far']:,.0f} |"
    yield (f"\nAdded up they have {roster['total_reach']:,.0f} people; different ones are **{roster['unduplicated_reach']:,.0f}** "
           f"(± {100 * roster['reach_error']:.1f} %, as is each difference above, of the whole), each met {roster['expected_frequency']:.2f} times. One post of each may be expected to bring "
           f"{roster['expected_engagements']:,.0f} engagements.\n")


def delivered(run):
    """Delivered against expected."""
    yield "| campaign | posts for the brand | engagements | expected | delivered | clicks | purchases |\n|---|--:|--:|--:|--:|--:|--:|"
    rows = [(name, told[-1][1]["performance"]) for name, told in run.lists.items() if told[-1][1]["performance"]]
    for name, p in sorted(rows, key=lambda row: (-row[1]["clicks"], -row[1]["posts"]))[:8]:
        hoped = f"{p['expected_engagements']:,.0f}" if p["expected_engagements"] else "–"
        share = f"{100 * p['delivery']:.0f} %" if p["delivery"] else "–"
        yield f"| {title(run, name)} | {p['posts']} | {p['engagements']:,} | {hoped} | {share} | {p['clicks']:,} | {p['purchases']:,} |"
    yield ""


PAGE = (("The market in the morning", "", morning),
        ("Who rose, and why", "A fit is an affinity, of which each factor takes off a part; nothing else moves a rank.\n", rose),
        ("Who was turned away", "", turned_away),
        ("Two brands change their minds", "At night two campaigns are put anew, with `microflux campaigns put`.\n", minds),
        ("One roster: people, not sums", "", crowd),
        ("What was delivered", "Sponsored posts that name the brand, against what their creators' own rates promised; and clicks and purchases that came with "
         "the campaign's id. Only creators on the lanes' lists are counted.\n", delivered))


def page(folder, microflux):
    """All of it."""
    run = Run(folder, microflux)
    print("# A day of a market\n")
    print("A generated market of brands and creators, as a brand sees it: one day, from the morning's shortlists to the night's. Every number is from one run of\n"
          "`tests/market_day.sh`, with a real Kafka and a real Redis; words and handles are made up. The command writes this page anew:\n\n"
          "```\ntests/market_day.sh > docs/market-day.md\n```\n\nWhat the words mean: [campaigns, fits, shortlists](reference/campaigns.md).")
    for head, lead, part in PAGE:
        print(f"\n## {head}\n")
        if lead:
            print(lead)
        print("\n".join(part(run)).rstrip())


def main():
    verb, *words = sys.argv[1:]
    if verb in ("campaigns", "changed"):
        print("\n".join(map(json.dumps, {"campaigns": campaigns, "changed": changed}[verb](*words))))
    else:
        {"split": split, "page": page}[verb](*words)


if __name__ == "__main__":
    main()
