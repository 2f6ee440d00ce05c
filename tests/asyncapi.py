"""asyncapi.py < `microflux config reference`: docs/reference/asyncapi.yaml has a channel of every key topics.*, under the default address, read or
written by an operation; every reference leads somewhere; every schema of schemas/ is a message's. (tests/asyncapi.sh asks the official parser.)"""
import re
import sys
from pathlib import Path

import yaml

PAGE = Path(__file__).parents[1] / "docs/reference/asyncapi.yaml"


class Strict(yaml.SafeLoader):
    """No key twice, which YAML forbids and PyYAML takes."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError(f"a key stands twice: {sorted(k for k in set(keys) if keys.count(k) > 1)}{node.start_mark}")
        return super().construct_mapping(node, deep)


def references(node):
    """Every $ref below."""
    if isinstance(node, dict):
        yield from [node["$ref"]] if "$ref" in node else []
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from references(inner)


def leads(document, reference):
    """Whether something is there."""
    if not reference.startswith("#/"):
        return (PAGE.parent / reference).resolve().exists()
    for part in reference[2:].split("/"):
        document = document.get(part) if isinstance(document, dict) else None
    return document is not None


def main():
    """A line a complaint; the last line counts."""
    document = yaml.load(PAGE.read_text(encoding="utf-8"), Strict)
    topics = dict(re.findall(r"^\| `topics\.([^`]+)` \| `([^`]+)`", sys.stdin.read(), re.M))
    channels, used = document["channels"], set(references(document["operations"]))
    schemas = {reference for reference in references(document["components"]) if reference.endswith(".avsc")}
    checks = [(f"topics.{key} has a channel of that name with the address {name}", channels.get(key, {}).get("address") == name)
              for key, name in topics.items()]
    checks += [(f"the channel {name} is a key", name in topics) for name in channels]
    checks += [(f"the channel {name} is read or written", f"#/channels/{name}" in used) for name in channels]
    checks += [(f"{reference} leads somewhere", leads(document, reference)) for reference in sorted(set(references(document)))]
    checks += [(f"{path.name} is the payload of a message", f"../../schemas/{path.name}" in schemas)
               for path in (PAGE.parents[2] / "schemas").glob("*.avsc")]
    wrong = [what for what, right in checks if not right]
    for what in wrong:
        print(f"not so: {what}")
    print(f"{len(checks) - len(wrong)} passed, {len(wrong)} failed")
    return len(wrong) > 0 or not topics


if __name__ == "__main__":
    sys.exit(main())
