"""The section `tolerate` of a benchmark file: how many faults of its sources a build accepts."""

from __future__ import annotations

from benchsmith.documents import yaml
from benchsmith.documents.benchmark.types import Share

NO_OWN_LIMITS: dict[str, float] = {}


class Tolerate(yaml.Document):
    """The largest shares of a source that may be faulty, and what happens above them."""

    faults: Share = 0.05
    """Largest share of a source's images or rows with a fault."""
    unpaired: Share | None = None
    """Largest share of a source's table rows and label files without a picture, which are counted
    apart; by default that of `faults`."""
    sources: dict[str, Share] = NO_OWN_LIMITS
    """`faults` and `unpaired` of single sources, by id."""
    drop_source: bool = False
    """Whether a source above its limit is left out as a whole; otherwise the build stops (exit 3)."""

    def fault_limit(self, source: str) -> float:
        """Return the largest share of faults of one source."""
        return self.sources.get(source, self.faults)

    def unpaired_limit(self, source: str) -> float:
        """Return the largest share of unpaired rows and files of one source."""
        return self.sources.get(source, self.faults if self.unpaired is None else self.unpaired)
