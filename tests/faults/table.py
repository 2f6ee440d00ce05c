"""table.py RESULTS [PAGE]: what runs of the fault suite showed, as Markdown. RESULTS: the file FAULTS_RESULTS of the runs. With PAGE: the
whole page, with the tables between its two markers."""
import json
import sys
from collections import defaultdict

BEGIN, END = "<!-- tests/faults/table.py begins -->\n", "<!-- tests/faults/table.py ends -->\n"


def rows(head, lines):
    """One table."""
    yield "| " + " | ".join(head) + " |\n|" + "---|" * len(head) + "\n"
    for line in lines:
        yield "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in line) + " |\n"


def of_runs(runs):
    for r in runs:
        yield (f"`{r['command']}`", r["seconds"], sum(k["times"] for k in r["kinds"].values()), r["records"], r["counters"], r["scores"],
               r["values"], r.get("differences", 0) + r["failures"])


def sums(runs):
    """All runs in a sentence."""
    faults = sum(k["times"] for r in runs for k in r["kinds"].values())
    yield (f"**{faults:,} faults** in {len(runs)} runs of {sum(r['seconds'] for r in runs) / 60:.0f} minutes together; "
           f"{sum(r['records'] for r in runs):,} records, {sum(r['counters'] for r in runs):,} counters and "
           f"{sum(r['values'] for r in runs):,} values of {sum(r['scores'] for r in runs):,} scores compared: "
           f"**{sum(r.get('differences', 0) + r['failures'] for r in runs)} differences**.\n")


def of_kinds(runs):
    kinds = defaultdict(list)
    for run in runs:
        for kind, row in run["kinds"].items():
            kinds[kind].append(row)
    for kind, found in sorted(kinds.items()):
        yield (f"`{kind}`", sum(r["times"] for r in found), f"{max(r['recovery'] for r in found):.1f} s",
               sum(r["differences"] for r in found), sum(r["duplicates"] for r in found))


def tables(results):
    """All of them."""
    runs = [r for r in results if "kinds" in r]
    yield "\n"
    yield from sums(runs)
    yield "\n"
    yield from rows(["command", "seconds", "faults", "records", "counters compared", "scores", "values compared", "differences"],
                    of_runs(runs))
    yield "\n"
    yield from rows(["fault", "times", "longest recovery", "differences", "scores twice"], of_kinds(runs))
    yield "\n"
    yield from rows(["`tests/faults/run.sh --scenario` …", "what", "seconds", "passed", "failed"],
                    [(f"`{r['scenario']}`" + (" `--nodes 3`" if r["nodes"] == 3 else ""), r["what"], r["seconds"], r["passed"], r["failed"])
                     for r in results if "scenario" in r])
    yield "\n"
    yield from rows(["patch of `tests/faults/mutations.sh`", "found by", "after", "as"],
                    [(f"`{r['patch']}`", f"`{r['run']}`", f"{r['seconds']} s", r["found"].replace("|", "/")) for r in results if "patch" in r])
    yield "\n"


def main():
    """Prints the tables, or the page."""
    with open(sys.argv[1]) as lines:
        text = "".join(tables([json.loads(line) for line in lines]))
    if len(sys.argv) > 2:
        page = open(sys.argv[2]).read()
        text = page[:page.index(BEGIN) + len(BEGIN)] + text + page[page.index(END):]
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
