"""What stops a build, in words for whoever runs it."""

from __future__ import annotations

from collections.abc import Sequence


class TooMuchRejected(Exception):
    """A source has more faults than the benchmark tolerates, or no question came of any."""


class SourceChanged(Exception):
    """A file changed while a build read it: what was read is kept nowhere."""


class NothingHere(Exception):
    """None of the benchmark's sources has its files here."""


class GateFailed(Exception):
    """A release was made that must not be published."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("nothing is published:\n" + "\n".join(f"  {r}" for r in reasons))
