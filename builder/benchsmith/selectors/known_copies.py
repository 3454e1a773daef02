"""Leave out candidates whose picture is a copy of a known one, and find the copies among the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.documents.benchmark import Near
from benchsmith.selectors import near_copies
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.shortlist_ledger import Ledger


class KnownPicture(NamedTuple):
    """A picture that models may have been trained on."""

    name: str
    """The folder's name and the file's path in it, with a number if the file has several pictures."""
    phash: str
    mirrors: str
    look: bytes
    """This and the two above are fields of :class:`benchsmith.imaging.appearance.Appearance`."""


def without_known(
    short: Shortlist, near: Near, known: Sequence[KnownPicture], ledger: Ledger
) -> tuple[Shortlist, near_copies.Links]:
    """Return the shortlist without copies of known pictures, and the copies among what remains.

    Two pictures are copies if their similarity reaches the stricter threshold of their modalities.
    One search finds both kinds: known pictures are numbered after the shortlist's own.
    """
    own = short.pictures()
    columns = zip(*(k[1:] for k in known), strict=True) if known else ([], [], [])
    types = (pa.string(), pa.string(), pa.binary())
    theirs = near_copies.pictures(
        *(pa.array(list(c), t) for c, t in zip(columns, types, strict=True))
    )
    threshold = _thresholds(short, near)
    loosest = float(threshold.min(initial=near.similarity))
    every = near_copies.concatenated(own, theirs)
    links = near_copies.links(every, near.radius, loosest, len(own))
    of_b = np.append(threshold, 0.0)[np.minimum(links.b, len(own))]
    links = links.where(links.similarity >= np.maximum(threshold[links.a], of_b))
    to_known = links.b >= len(own)
    # reversed, so that the first of several known pictures is named
    name = {
        a: known[b - len(own)].name
        for a, b in zip(
            links.a[to_known][::-1].tolist(), links.b[to_known][::-1].tolist(), strict=True
        )
    }
    copied = np.isin(short.picture, np.array(sorted(name), dtype=np.int64))
    details = [f"of {name[p]}" for p in short.picture[copied].tolist()]
    ledger.add(short.rows[copied], "contaminated", details)
    gone = np.isin(links.a, list(name)) | np.isin(links.b, list(name))
    return short.where(~copied), links.where(~to_known & ~gone)


def _thresholds(short: Shortlist, near: Near) -> npt.NDArray[np.float64]:
    """Return the similarity that a copy of each picture must reach, (pictures,), by its modality."""
    first = np.unique(short.picture, return_index=True)[1]
    by_modality = [near.modalities.get(name, near.similarity) for name in short.modality.names]
    return np.array([*by_modality, 0.0])[short.modality.codes[first]]
