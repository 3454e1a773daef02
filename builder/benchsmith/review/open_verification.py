"""Open the desk at which experts verify the keys of a built benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import verification as documents
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.library import Library
from benchsmith.review.act_store import ActionStore
from benchsmith.review.built_cases import CaseStore
from benchsmith.review.desks.verify import Verify, units_of
from benchsmith.review.original_planes import OriginalPlanes
from benchsmith.review.slices import Slices
from benchsmith.review.verification_frame import extended, suspected_targets


@dataclass(frozen=True, slots=True)
class Verification:
    """The verification of a built benchmark's keys."""

    home: Path
    output: Path
    """The folder of all builds."""
    cases: CaseStore
    seed: int
    desk: Verify

    def draw(self) -> list[str]:
        """Add the questions of the build that are not in the frame to it; return a line if there are any.

        Raises DocumentError for a malformed frame.
        """
        path = documents.frame_path(self.home, self.cases.name)
        before = self.desk.frame
        suspects = suspected_targets(self.output, self.cases)
        after = extended(before, self.desk.verified(), units_of(self.cases), suspects, self.seed)
        if after == before:
            return []
        documents.write_frame(path, after)
        self.desk.frame = after
        wave = max(one.wave for one in after)
        return [f"{len(after) - len(before)} questions drawn as wave {wave}: reviews/{path.name}"]


def opened(
    home: Path,
    output: Path,
    name: str,
    benchmark: Benchmark,
    library: Library,
    store: ActionStore,
    experts: Sequence[str],
    most: float | None = None,
) -> Verification:
    """Return the verification of benchmark `name`; it has no items before its order is drawn.

    `most` is the share of wrong keys at which to stop, by default `audit.wrong_keys`. Raises NotBuilt.
    """
    cases = CaseStore(output, name)
    share = benchmark.audit.wrong_keys if most is None else most
    windows = {w.id: w for w in library.lexicon.windows}
    planes = OriginalPlanes(Slices(home, library.sources, windows), cases)
    desk = Verify(store, home, library.lexicon, cases, experts, share, planes)
    return Verification(home, output, cases, benchmark.seed, desk)
