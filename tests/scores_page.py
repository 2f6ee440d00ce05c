"""scores_page.py: docs/reference/scores.md from the field docs of schemas/creator-score.avsc.

    python3 tests/scores_page.py > docs/reference/scores.md
"""
import json
from pathlib import Path

SCHEMA = Path(__file__).parents[1] / "schemas/creator-score.avsc"
HEAD = """# Creator scores

The value of a record of `creator-scores` (topic `topics.creator_scores`), field by field; made from
`schemas/creator-score.avsc` by `tests/scores_page.py`. {doc}

Rates and shares are fractions, rounded to 1e-7; scores are 0 to 100, rounded to 1e-3; times are milliseconds since 1970 UTC, days
are days since then. A value without enough evidence is null, never 0. Fields are only ever added, with defaults: readers and
writers of either version understand each other. `microflux explain CREATOR` says the same in words.

On the generated stream of `tests/e2e/exact.sh` (five campaigns and about eight brands a creator) a record is 1.5 kB of Avro: median
{median} bytes, nine of ten below {most}. Each value of each record is compared there with an independent computation (`tests/reference`).

| field | type | meaning |
|---|---|---|"""
SIZES = {"median": 1501, "most": 1666}


def word(kind):
    """A type as a reader says it; records that are nested, in the order they are met."""
    if isinstance(kind, list):
        inner = [word(branch) for branch in kind if branch != "null"]
        return " or ".join(inner) + (" or null" if "null" in kind else "")
    if isinstance(kind, str):
        return kind
    if kind["type"] == "array":
        return "list of " + word(kind["items"])
    if kind["type"] == "enum":
        return " · ".join(kind["symbols"])
    return {"date": "day", "timestamp-millis": "time"}.get(kind.get("logicalType"), kind.get("name", kind["type"]))


def record_in(kind):
    """The record that a type holds, defined here or by name; None: there is none."""
    for branch in kind if isinstance(kind, list) else [kind]:
        if isinstance(branch, dict) and branch["type"] == "array":
            return record_in(branch["items"])
        if isinstance(branch, dict) and branch["type"] == "record":
            return branch
    return None


def rows(record, prefix=""):
    """A row a field; the fields of an inner record below it."""
    for field in record["fields"]:
        inner, name = record_in(field["type"]), prefix + field["name"]
        docs = [text for text in (field.get("doc"), inner and inner.get("doc")) if text]
        print(f"| `{name}` | {word(field['type'])} | {'; '.join(docs)} |")
        if inner:
            rows(inner, name + ".")


def main():
    """The page."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    print(HEAD.format(doc=schema["doc"], **SIZES))
    rows(schema)


if __name__ == "__main__":
    main()
