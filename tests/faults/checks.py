"""checks: assertions that say what they found, and count; and the results of runs, a line of JSON each, for table.py."""
import json
import os


def keep(result):
    """Adds it to the file FAULTS_RESULTS, if there is to be one."""
    if os.environ.get("FAULTS_RESULTS"):
        with open(os.environ["FAULTS_RESULTS"], "a") as out:
            out.write(json.dumps(result) + "\n")


class Checks:
    """checks(WHAT, GOOD, DETAIL): a line each."""

    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, what, good, detail=""):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        print(f"{'ok   ' if good else 'FAIL '} {what}", flush=True)
        if not good and detail:
            print(detail, flush=True)

    def summary(self):
        """The last line; 0 when nothing failed."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0
