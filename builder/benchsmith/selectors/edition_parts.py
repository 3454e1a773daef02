"""Leave out the hidden candidates that other editions draw from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from benchsmith.core.random_order import rank, ranks
from benchsmith.documents.benchmark import Benchmark
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.selectors.split_sides import SPLITS
from benchsmith.tables.coded_columns import Codes


def hidden_side(side: npt.NDArray[np.int8], benchmark: Benchmark) -> npt.NDArray[np.bool_]:
    """Return which candidates, on the sides (n,), are in a hidden split, (n,)."""
    return np.isin(side, [SPLITS.index(split) for split in benchmark.hidden])


def leave_out_other_parts(
    short: Shortlist,
    wanted: npt.NDArray[np.bool_],
    side: npt.NDArray[np.int8],
    groups: Sequence[str],
    benchmark: Benchmark,
    ledger: Ledger,
) -> Codes:
    """Return the places of wanted hidden candidates that are in the part of another edition.

    `groups` has the name of each candidate's leak group, that of its first patient. A part is decided by
    the hash of this name with the benchmark's seed, so no other edition and no further data move a
    candidate to another part. A content name could, because a new picture of the person may have an
    earlier one.
    """
    editions = benchmark.editions
    if editions is None:
        return np.zeros(0, np.int64)
    places = np.flatnonzero(wanted & hidden_side(side, benchmark))
    own = editions.draws[0].part
    names = [groups[place] for place in places.tolist()]
    if editions.apart == "structure":
        sample, label = (short.candidates.named(c) for c in ("sample", "label"))
        rows = short.rows[places]
        names = [
            f"{sample.names[s]}#{label.names[n]}"
            for s, n in zip(sample.codes[rows].tolist(), label.codes[rows].tolist(), strict=True)
        ]
    parts = {n: 1 + rank(benchmark.seed, "edition", n) % editions.of for n in set(names)}
    other = [(place, parts[n]) for place, n in zip(places, names, strict=True) if parts[n] != own]
    gone = np.array([place for place, _ in other], np.int64)
    details = [f"in part {part} of {editions.of}" for _, part in other]
    ledger.add(short.rows[gone], "other-edition", details)
    return gone


def drawn_anew(
    short: Shortlist,
    side: npt.NDArray[np.int8],
    contents: Mapping[str, str],
    benchmark: Benchmark,
) -> npt.NDArray[np.uint64]:
    """Return the random order of candidates, (n,): in hidden splits by the seed of the edition."""
    found = short.ranks.copy()
    seed = benchmark.editions.draws[0].seed if benchmark.editions else None
    if seed is None:
        return found
    places = np.flatnonzero(hidden_side(side, benchmark))
    hashed = ranks(seed, ("target",), short.content_ids(places, contents))
    found[places] = np.frombuffer(hashed, dtype=">u8").astype(np.uint64)
    return found
