"""§12: what raises an alert and what does not, ids, one an hour; run by properties.py."""
from alerts import Alert, Throttle, alerts, ranking_alerts
from records import DAY, HOUR
from record import record_of
from reference import Creator
from streams import START, setup, stream

AT = 100 * DAY
CAUSE = (1, 3, "posts", 77)


def record(as_of=AT, tier="MICRO", change=0.0, score=80.0, flags=(), saturation=0.1, likely=0, silent=1):
    """The fields that alerts read."""
    return {"creator_id": "c", "as_of": as_of, "tiers": [{"scheme": "default", "tier": tier}] if tier else [],
            "activity": {"relative_7d": change, "days_since_post": silent}, "authenticity": {"score": score},
            "flags": [{"name": name} for name in flags], "content": {"saturation": saturation, "likely_posts": likely}}


def kinds(before, after, **beside):
    """Types of the alerts between two records."""
    return [alert.type for alert in alerts(record(**before), record(**after), CAUSE, **beside)]


def each(checks):
    """The edge of each type, on both sides."""
    rows = [("tier_changed", {}, {"tier": "MACRO"}, {"tier": "MICRO"}),
            ("followers_moved", {"change": 0.1999999}, {"change": 0.2}, {"change": 0.1999999}),
            ("followers_moved", {"change": 0.3}, {"change": -0.2}, {"change": 0.4}),
            ("authenticity_fell", {}, {"score": 70.0}, {"score": 70.001}),
            ("new_flag", {"flags": ["step"]}, {"flags": ["spread", "step"]}, {"flags": []}),
            ("saturation_left", {"saturation": 0.15}, {"saturation": 0.1500001}, {"saturation": 0.05}),
            ("saturation_left", {"saturation": 0.05}, {"saturation": 0.0499999}, {"saturation": None}),
            ("undisclosed_post", {"likely": 1}, {"likely": 2}, {"likely": 0})]
    for kind, before, after, quiet in rows:
        checks.true(f"{kind}: {after}", kinds(before, after) == [kind])
        checks.true(f"{kind}: not {quiet}", kinds(before, quiet) == [])
        checks.true(f"{kind}: lasts", kinds(after, after) == [])
    for before, after in (({"tier": None}, {}), ({"change": None}, {}), ({"score": None}, {"score": 1.0}),
                          ({"saturation": None}, {"saturation": 0.9}),
                          ({}, {"tier": None, "change": None, "score": None, "saturation": None, "silent": None})):
        checks.true(f"from or to nothing: {before}", kinds(before, after) == [])
    checks.true("the first record", alerts(None, record(), CAUSE) == [])
    everything = {"tier": "NONE", "change": -0.5, "score": 1.0, "flags": ["step"], "saturation": 0.9, "likely": 4}
    checks.true("all at once", len(kinds({}, everything)) == 6)


def week(checks):
    """Authenticity against the highest of 7 d."""
    then = {"as_of": AT - DAY, "score": 72.0}
    for days, wanted in ((7, ["authenticity_fell"]), (8, [])):
        told = [(AT - days * DAY, 80.0), (AT - DAY, 72.0)]
        checks.true(f"{days} d ago", kinds(then, {"score": 70.0}, told=told) == wanted)
    told = [(AT - 2 * DAY, 90.0), (AT - DAY, 72.0)]
    checks.true("said already", kinds(then, {"score": 70.0}, told=told) == [])
    checks.true("a week later", kinds({"as_of": AT - 8 * DAY}, {"score": 60.0}) == [])


def rostered(checks):
    """A competitor deal, and silence, only of those in a roster."""
    checks.true("deal", kinds({}, {}, conflicts={"k": (False, True)}) == ["competitor_deal"])
    checks.true("no deal", kinds({}, {}, conflicts={"k": (True, True), "l": (True, False), "m": (False, False)}) == [])
    checks.true("silent", kinds({"silent": 13}, {"silent": 14}, conflicts={"k": (False, False)}) == ["creator_silent"])
    checks.true("not rostered", kinds({"silent": 13}, {"silent": 14}) == [])
    checks.true("silent before", kinds({"silent": 14}, {"silent": 15}, conflicts={"k": (False, False)}) == [])
    found = alerts(record(silent=13), record(silent=20), CAUSE, conflicts={"k": (False, False), "l": (False, True)})
    wanted = [("creator_silent", "k"), ("competitor_deal", "l"), ("creator_silent", "l")]
    checks.true("of each campaign", [(a.type, a.campaign) for a in found] == wanted)


def top(checks):
    """The top 20 of a ranking."""
    before = [(f"c{i:02}", 90 - i) for i in range(25)]
    after = [("new", 95)] + before
    found = ranking_alerts("k", before, after, CAUSE)
    checks.true("entered and left", [(a.creator, a.type, a.before, a.after) for a in found] ==
                [("new", "fit_entered", None, 95), ("c19", "fit_left", 71, None)])
    checks.true("within it", ranking_alerts("k", before, before[::-1][5:] + before[:5], CAUSE) == [])
    checks.true("campaign", all(a.id() == (a.creator, a.type, "k", CAUSE) for a in found))


def throttled(checks):
    """One an hour per creator and type; equal ids are one."""
    def one(kind="new_flag", creator="c", offset=1):
        """An alert."""
        return Alert(creator, kind, "", (1, 0, "posts", offset), 0, 1)
    throttle = Throttle()
    checks.true("first", len(throttle.let([one(), one()], AT)) == 1)
    checks.true("other type, other creator", len(throttle.let([one("tier_changed"), one(creator="d")], AT)) == 2)
    checks.true("within an hour", throttle.let([one(offset=2)], AT + HOUR - 1) == [])
    checks.true("after an hour", len(throttle.let([one(offset=3)], AT + HOUR)) == 1)
    checks.true("an hour from the last one let through", throttle.let([one(offset=4)], AT + 2 * HOUR - 1) == [])
    checks.true("equal ids are one", throttle.let([one(offset=3)], AT + 9 * HOUR) == [])
    checks.true("who came too early may come again", len(throttle.let([one(offset=2)], AT + 9 * HOUR)) == 1)


def lives(checks):
    """Real records: nothing changes from itself; what is let through is an hour apart."""
    creator, before, throttle, times, told = Creator("c1", setup()), None, Throttle(), {}, []
    for i, row in enumerate(stream(3, 30)):
        creator.apply(*row, lane_as_of=START)
        if i % 20:
            continue
        after = record_of(creator.values())
        checks.true("nothing from itself", alerts(after, after, CAUSE) == [])
        for alert in throttle.let(alerts(before, after, (1, 0, row[0], row[1]), told), after["as_of"]):
            last = times.get(alert.type)
            checks.true("an hour apart", last is None or after["as_of"] - last >= HOUR)
            times[alert.type] = after["as_of"]
        before = after
        told.append((after["as_of"], after["authenticity"]["score"]))
    checks.true("some were raised", len(times) >= 2)


def alert_checks(checks, chooser):
    """All of them; nothing here is drawn."""
    for part in (each, week, rostered, top, throttled, lives):
        part(checks)
