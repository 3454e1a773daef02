"""Chunks of an HDF5 data set, checked before the library inflates them.

HDF5 gives its filters as much memory as a stream demands, whatever the size of the chunk (HDF5 File
Format Specification 3.0, IV.A.2.l). Here each chunk is inflated in pieces first.
"""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import DataFault
from benchsmith.formats import chunk_sizes
from benchsmith.imaging import byte_stream

DEFLATE, FLETCHER32, SZIP = 1, 3, 4
CHECKSUM_BYTES, ZLIB_BITS = 4, 15
MAX_CHUNKS = 200_000


def check(data: Any, path: Path) -> None:
    """Refuse a data set (`h5py.Dataset`) with too many chunks, or one that inflates beyond its size.

    Raises DataFault.
    """
    if data.chunks is None:
        return
    grid = [-(-n // c) for n, c in zip(data.shape, data.chunks, strict=True)]
    one = prod(data.chunks) * data.dtype.itemsize
    if prod(grid) > MAX_CHUNKS or prod(grid) * one > byte_stream.MAX_INFLATED_BYTES:
        what = f"{data.name!r} has {prod(grid)} chunks of {data.chunks} values"
        raise DataFault("too-large", path, what)
    properties = data.id.get_create_plist()
    codes = [properties.get_filter(n)[0] for n in range(properties.get_nfilters())]
    if SZIP in codes or codes.count(DEFLATE) > 1:
        raise DataFault("format-unknown", path, f"{data.name!r} has filters that are not read")
    if DEFLATE not in codes:
        return
    most = one + CHECKSUM_BYTES * codes[: codes.index(DEFLATE)].count(FLETCHER32)
    for number in range(data.id.get_num_chunks()):
        where = data.id.get_chunk_info(number).chunk_offset
        skipped, stored = data.id.read_direct_chunk(where)
        if skipped >> codes.index(DEFLATE) & 1:
            continue  # the filter was not applied: the bytes are those of the chunk
        size = chunk_sizes.inflated(stored, ZLIB_BITS, most, path)
        if size > most:
            what = f"a chunk of {data.name!r} inflates to more than its {most} bytes"
            raise DataFault("too-large", path, what)
