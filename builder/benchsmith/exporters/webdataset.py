"""WebDataset shards: tar files of `<id>.png` and `<id>.json`."""

from __future__ import annotations

import json
import tarfile
from io import BytesIO
from pathlib import Path

from benchsmith.exporters import plain
from benchsmith.release.model import Release

SHARD_BYTES = 300_000_000
"""Approximate size of a shard; the library reads shards sequentially."""


def write(release: Release, folder: Path) -> None:
    """Write `webdataset/<split>-<n>.tar`, in the release's order.

    Members have no time and no owner, so that the bytes are reproducible.
    """
    place = folder / "webdataset"
    place.mkdir()
    for split in release.splits():
        number = size = 0
        shard: tarfile.TarFile | None = None
        for entry in release.entries(split):
            if shard is None or size > SHARD_BYTES:
                if shard is not None:
                    shard.close()
                path = place / f"{split}-{number:06d}.tar"
                shard = tarfile.open(path, "w", format=tarfile.USTAR_FORMAT)  # noqa: SIM115
                number, size = number + 1, 0
            text = json.dumps(plain.row(release, entry), ensure_ascii=False, sort_keys=True)
            for ending, data in (("png", entry.png), ("json", text.encode())):
                member = tarfile.TarInfo(f"{entry.id}.{ending}")
                member.size, member.mode = len(data), 0o644
                shard.addfile(member, BytesIO(data))
                size += len(data)
        if shard is not None:
            shard.close()
