"""§10, what a lane publishes of a campaign: its own best 200, where they changed, entered or left; §11: the merged ranking."""
from common import round_score
from methodology import C


def ranked(fits):
    """[(creator, fit)] of {creator: fit}, best first, ties to the smaller id, at most 200.

    Reading: a null fit and a fit of 0 (a failed gate) have no place.
    """
    rows = [(creator, round_score(fit)) for creator, fit in fits.items() if fit is not None and round_score(fit) > 0]
    return sorted(rows, key=lambda row: (-row[1], row[0]))[:C["fit.best"]]


def merged(lanes):
    """The best 200 of several lanes' best; each creator lives in one lane."""
    return ranked({creator: fit for lane in lanes for creator, fit in lane})


class Best:
    """One campaign in one lane: what was told of whom."""

    def __init__(self):
        self.told = {}

    def update(self, fits):
        """[(creator, "entered", "changed" or "left", fit or None)] of the lane's fits as they are now, by creator.

        Readings: `changed by 0.5` is 0.5 or more against what was told last; who left is told as a tombstone.
        """
        now, news = dict(ranked(fits)), []
        for creator in sorted(set(now) | set(self.told)):
            fit, told = now.get(creator), self.told.get(creator)
            if fit is None:
                news.append((creator, "left", None))
                del self.told[creator]
            elif told is None or round_score(abs(fit - told)) >= C["fit.min_change"]:
                news.append((creator, "entered" if told is None else "changed", fit))
                self.told[creator] = fit
        return news
