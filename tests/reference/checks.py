"""Counts properties that hold, and prints those that do not."""


class Checks:
    """Counts; prints what fails."""

    def __init__(self):
        self.passed = self.failed = 0

    def true(self, name, holds):
        """One property, once."""
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print("does not hold:", name)
