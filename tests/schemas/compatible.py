"""compatible.py: what was released must go on reading what we write, and we what was written: each schema of schemas/ against each of that
name in schemas/released/*/, as reader and as writer (FULL_TRANSITIVE), by Avro's rules of resolution. No network.

    compatible.py                 complaints and "N passed, N failed"; first it finds every mutation that breaks a rule
    compatible.py --mutations     a line of JSON a mutation, {"name", "what", "fits", "schema"}, for a registry to judge (tests/e2e/consumers.sh)
"""
import copy
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "schemas"
PROMOTED = {"int": {"long", "float", "double"}, "long": {"float", "double"}, "float": {"double"}, "string": {"bytes"}, "bytes": {"string"}}
NAMED = ("record", "enum", "fixed")


class Schema:
    """A parsed schema and the types it names."""

    def __init__(self, parsed):
        self.top, self.names = parsed, {}
        self.collect(parsed)

    def collect(self, kind):
        if isinstance(kind, list):
            for branch in kind:
                self.collect(branch)
        elif isinstance(kind, dict):
            if kind["type"] in NAMED:
                self.names[kind["name"].split(".")[-1]] = kind
            for inner in [f["type"] for f in kind.get("fields", [])] + [kind[k] for k in ("items", "values") if k in kind]:
                self.collect(inner)
            if isinstance(kind["type"], (dict, list)):
                self.collect(kind["type"])

    def resolve(self, kind):
        """The union's list, or (word of the type, its definition)."""
        if isinstance(kind, list):
            return kind
        if isinstance(kind, str):
            named = self.names.get(kind.split(".")[-1])
            return (named["type"], named) if named else (kind, {})
        return (kind["type"], kind) if isinstance(kind["type"], str) and kind["type"] not in self.names else self.resolve(kind["type"])


def complaints(reader, writer, r=None, w=None, path="", seen=frozenset()):
    """Why the reader cannot read everything the writer may write; empty: it can."""
    r, w = reader.resolve(reader.top if r is None else r), writer.resolve(writer.top if w is None else w)
    if isinstance(w, list):
        return [c for branch in w for c in complaints(reader, writer, r if isinstance(r, list) else r[1] or r[0], branch, path, seen)]
    if isinstance(r, list):
        tries = [complaints(reader, writer, branch, w[1] or w[0], path, seen) for branch in r]
        return [] if [] in tries else [f"{path}: no branch of the reader's union takes {w[1].get('name', w[0])}"]
    if r[0] != w[0]:
        return [] if r[0] in PROMOTED.get(w[0], ()) else [f"{path}: {w[0]} cannot be read as {r[0]}"]
    if r[0] in NAMED and r[1]["name"].split(".")[-1] != w[1]["name"].split(".")[-1]:
        return [f"{path}: {w[1]['name']} cannot be read as {r[1]['name']}"]
    if r[0] == "enum":
        unknown = [s for s in w[1]["symbols"] if s not in r[1]["symbols"]]
        return [f"{path}: the reader's enum has neither {unknown[0]} nor a default"] if unknown and "default" not in r[1] else []
    if r[0] == "fixed":
        return [] if r[1]["size"] == w[1]["size"] else [f"{path}: another size"]
    if r[0] in ("array", "map"):
        inner = "items" if r[0] == "array" else "values"
        return complaints(reader, writer, r[1][inner], w[1][inner], path + "[]", seen)
    return record_complaints(reader, writer, r[1], w[1], path, seen) if r[0] == "record" else []


def record_complaints(reader, writer, r, w, path, seen):
    if (r["name"], w["name"]) in seen:
        return []
    seen = seen | {(r["name"], w["name"])}
    theirs, found = {f["name"]: f for f in w["fields"]}, []
    for field in r["fields"]:
        at = f"{path}.{field['name']}".lstrip(".")
        if field["name"] in theirs:
            found += complaints(reader, writer, field["type"], theirs[field["name"]]["type"], at, seen)
        elif "default" not in field:
            found.append(f"{at}: the reader wants it, the writer has none, and there is no default")
    return found


def both_ways(ours, released):
    """Complaints of the released reader with our writer, and the reverse."""
    a, b = Schema(ours), Schema(released)
    return [f"what we write, read as then: {c}" for c in complaints(b, a)] + [f"what was written then, read now: {c}" for c in complaints(a, b)]


# ---- mutations: what a change may do to a schema, and whether it may ----

def added(schema, **more):
    return {**schema, "fields": schema["fields"] + [{"name": "brand_new", "type": ["null", "double"], **more}]}


def without(schema, has_default):
    name = next((f["name"] for f in schema["fields"] if ("default" in f) == has_default and f["type"] in PLAIN), None)
    return name and {**schema, "fields": [f for f in schema["fields"] if f["name"] != name]}


def changed(schema, fits, change):
    """The first field that fits, changed."""
    schema = copy.deepcopy(schema)
    field = next((f for f in schema["fields"] if fits(f["type"])), None)
    if field:
        change(field)
    return field and schema


PLAIN = ("string", "long", "int", "double", "boolean", ["null", "string"], ["null", "long"], ["null", "double"])


def enum_in(kind):
    return isinstance(kind, dict) and kind["type"] == "enum"


def mutations(schema):
    """(what, fits, schema), where such a field exists."""
    every = [
        ("nothing", True, schema),
        ("a field with a default is added", True, added(schema, default=None)),
        ("a symbol is added to an enum with a default", True, changed(schema, enum_in, lambda f: f["type"]["symbols"].append("BRAND_NEW"))),
        ("a field with a default is removed", True, without(schema, True)),
        ("a field without a default is added", False, added(schema)),
        ("a field without a default is removed", False, without(schema, False)),
        ("a field is renamed", False, changed(schema, lambda k: k == "string", lambda f: f.update(name="renamed"))),
        ("a long becomes a double", False, changed(schema, lambda k: k == "long" or isinstance(k, dict) and k["type"] == "long",
                                                   lambda f: f.update(type="double"))),
        ("an optional number may be a text, too", False, changed(schema, lambda k: k == ["null", "double"], lambda f: f["type"].append("string"))),
        ("an enum loses its default and wins a symbol", False, changed(
            schema, enum_in, lambda f: (f["type"].pop("default"), f["type"].update(symbols=["BRAND_NEW"])))),
    ]
    return [m for m in every if m[2]]


def main():
    """Complains on stderr; the last line counts."""
    passed = failed = 0
    for path in sorted(FOLDER.glob("released/*/*.avsc")):
        released, ours = json.loads(path.read_text(encoding="utf-8")), FOLDER / path.name
        for what, fits, mutated in mutations(released):
            if "--mutations" in sys.argv:
                print(json.dumps({"name": path.stem, "what": what, "fits": fits, "schema": json.dumps(mutated)}))
            right = (both_ways(mutated, released) == []) == fits
            passed, failed = passed + right, failed + (not right)
            if not right:
                print(f"{path.stem}: {what}: " + ("found" if fits else "not found"), file=sys.stderr)
        found = both_ways(json.loads(ours.read_text(encoding="utf-8")), released) if ours.exists() else ["the schema is gone"]
        passed, failed = passed + (not found), failed + bool(found)
        for complaint in found:
            print(f"{path.name} against {path.parent.name}: {complaint}", file=sys.stderr)
    if "--mutations" not in sys.argv:
        print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
