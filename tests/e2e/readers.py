"""readers.py SCORES STATES [CREATOR…]: who keeps of each creator the record with the largest (epoch, offsets, as_of) must end with its final state.

SCORES: `tail creator-scores`, STATES: `state --all`. Records that no order tells apart must say the same; creators that never were have none.
CREATOR: the counters of these were changed by hand, so what was told of them at an order that no reader ends with may contradict itself.
"""
import json
import sys

COUNTERS = {"views": "VIEW", "likes": "LIKE", "comments": "COMMENT", "shares": "SHARE", "saves": "SAVE", "clicks": "CLICK",
            "purchases": "PURCHASE", "follows": "FOLLOW"}


def order_of(score):
    return score["version"]["epoch"], score["version"]["offsets"], score["as_of"]


def content(value):
    """Without what may differ between two publications of one evaluation: how far the lane had read, and why it published."""
    return {k: v for k, v in value.items() if k not in ("source", "reason")}


def expected(state):
    yield "version.epoch", state["version"]["epoch"], lambda v: v["version"]["epoch"]
    newest = sum(state["version"]["offsets"].values())  # a record that changes no score is not published again
    yield "version.offsets", newest, lambda v: newest if 0 < v["version"]["offsets"] <= newest else v["version"]["offsets"]
    for field, kind in COUNTERS.items():
        yield f"totals.{field}", state["totals"][kind], lambda v, field=field: v["totals"][field]
    if state.get("profile"):
        yield "followers", state["profile"]["followers"], lambda v: v["followers"]
        yield "platform", state["profile"]["platform"], lambda v: v["platform"]


def main():
    states = {s["creator"]: s for s in map(json.loads, open(sys.argv[2]))}
    best, compared, wrong, by_hand, contradicted = {}, 0, [], set(sys.argv[3:]), []
    for record in map(json.loads, open(sys.argv[1])):
        creator, value = record["key"], record["value"]
        if creator not in states or value is None:
            wrong.append((creator, "score", "none", record["offset"]))
            continue
        before = best.get(creator)
        if before and order_of(before) == order_of(value) and content(before) != content(value):
            field = next(k for k in content(value) if before[k] != value[k])
            contradicted.append((order_of(value), (creator, f"{field} at equal {order_of(value)}", before[field], value[field])))
        if not before or order_of(value) >= order_of(before):
            best[creator] = value
    wrong += [what for order, what in contradicted if what[0] not in by_hand or order == order_of(best[what[0]])]
    for creator, state in sorted(states.items()):
        for field, wanted, of in expected(state):
            compared += 1
            found = of(best[creator]) if creator in best else "no score"
            if found != wanted:
                wrong.append((creator, field, wanted, found))
    for creator, field, wanted, found in wrong[:20]:
        print(f"creator {creator}: {field} wanted {wanted}, found {found}")
    print(f"{len(best)} creators, {compared} compared, {len(wrong)} differences")
    return bool(wrong) or not compared


if __name__ == "__main__":
    sys.exit(main())
