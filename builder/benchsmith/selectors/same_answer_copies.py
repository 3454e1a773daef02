"""Keep only the copies of one sample among copies of a picture with the same answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from benchsmith.selectors.leak_groups import components
from benchsmith.selectors.near_copies import Links
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.tables.coded_columns import Codes


def leave_out_copies(
    short: Shortlist, wanted: npt.NDArray[np.bool_], links: Links, ledger: Ledger
) -> Codes:
    """Return the places of wanted candidates that are copies of another one with the same answer."""
    own = np.flatnonzero(wanted)
    copy, original = copies(
        links, short.picture[own], short.answer[own], short.sample[own], short.ranks[own]
    )
    originals = short.ids(own[original])
    ledger.add(short.rows[own[copy]], "near-duplicate", [f"of {id_}" for id_ in originals])
    return own[copy]


def copies(
    links: Links,
    picture: Codes,
    answer: Codes,
    sample: Codes,
    ranks: npt.NDArray[np.uint64],
) -> tuple[Codes, Codes]:
    """Return the rows that are copies, and for each the row that is kept instead.

    `picture`, `answer`, `sample` and `ranks` are columns (n,); `links` are between pictures, some
    of which may have no row. Rows of one answer whose pictures are linked, directly or through
    others, form a cluster. Of a cluster, the first row by rank is kept, and the other rows of its
    sample.
    """
    # a link may lead to a picture without a row if the candidates are only a subset
    pictures = 1 + max(int(p.max(initial=-1)) for p in (picture, links.a, links.b))
    cells, cell = np.unique(answer * pictures + picture, return_inverse=True)
    # pair each cell of picture a with the cell of picture b and the same answer, if there is one
    of_a = np.argsort(cells % pictures, kind="stable")
    ends = np.searchsorted((cells % pictures)[of_a], np.arange(pictures + 1))
    count = np.diff(ends)[links.a]
    first = np.repeat(ends[links.a] - (np.cumsum(count) - count), count)
    a = of_a[first + np.arange(int(count.sum()))]
    partner = cells[a] // pictures * pictures + np.repeat(links.b, count)
    b = np.minimum(np.searchsorted(cells, partner), max(len(cells) - 1, 0))
    there = cells[b] == partner if len(cells) else np.zeros(0, bool)
    cluster = components(len(cells), a[there], b[there])[cell]
    order = np.lexsort((ranks, cluster))
    head = order[np.flatnonzero(np.diff(cluster[order], prepend=-1))][cluster]
    copy = np.flatnonzero(sample != sample[head])
    return copy, head[copy]
