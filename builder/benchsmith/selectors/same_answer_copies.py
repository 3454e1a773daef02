"""Which candidates are copies of others of the same answer: one of them is enough."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from benchsmith.selectors.leak_groups import components
from benchsmith.selectors.near_copies import Links
from benchsmith.tables.coded_columns import Codes


def copies(
    links: Links,
    picture: Codes,
    answer: Codes,
    sample: Codes,
    ranks: npt.NDArray[np.uint64],
) -> tuple[Codes, Codes]:
    """Return the rows that are copies, and for each the row that stands for them all.

    `links` are between pictures, also such as no row has; `picture`, `answer` and `sample` are of
    the rows. Rows of one answer whose pictures are linked, through others or not, are a cluster; of
    a cluster the first row by rank stays, with what else its own sample has.
    """
    # a link may lead to a picture of which no row is asked about: where a subset is chosen
    pictures = 1 + max(int(p.max(initial=-1)) for p in (picture, links.a, links.b))
    cells, cell = np.unique(answer * pictures + picture, return_inverse=True)
    # every answer of picture a, and the same answer of picture b, where there is one
    of_a = np.argsort(cells % pictures, kind="stable")
    ends = np.searchsorted((cells % pictures)[of_a], np.arange(pictures + 1))
    count = np.diff(ends)[links.a]
    first = np.repeat(ends[links.a] - (np.cumsum(count) - count), count)
    a = of_a[first + np.arange(int(count.sum()))]
    wanted = cells[a] // pictures * pictures + np.repeat(links.b, count)
    b = np.minimum(np.searchsorted(cells, wanted), max(len(cells) - 1, 0))
    there = cells[b] == wanted if len(cells) else np.zeros(0, bool)
    cluster = components(len(cells), a[there], b[there])[cell]
    order = np.lexsort((ranks, cluster))
    head = order[np.flatnonzero(np.diff(cluster[order], prepend=-1))][cluster]
    copy = np.flatnonzero(sample != sample[head])
    return copy, head[copy]
