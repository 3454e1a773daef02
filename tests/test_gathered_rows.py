"""Workers send rows as tables: what is written of them is what is written of the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchsmith.core.model import ABOUT, Finding, Rejection, Sample
from benchsmith.engine.bundles import run_bundle
from benchsmith.pipeline.incremental_tables import IngestTables
from benchsmith.stages.ingest import Ingested, gathered
from benchsmith.tables.partition import Partition
from benchsmith.tables.stage_tables import stage_writer
from tests.rows import FINDING

IMAGES = 300
SAMPLE = Sample(
    id="abdomen/a", source="abdomen", key="a", patient="abdomen/a", modality="ct", files=("a.nii.gz",),
    sha256="0" * 64, shape=(44, 40, 30), spacing_mm=(1.5, 1.0, 1.0), planar=False, licence="cc0-1.0",
    part="", note="", **dict.fromkeys(ABOUT, ""),
)  # fmt: skip


def images() -> list[Ingested]:
    """Return images in no order: with several rows, with one and a rejection, and with none."""
    found = []
    for n in sorted(range(IMAGES), key=lambda n: hashlib.sha256(str(n).encode()).digest()):
        name = f"abdomen/{n:04}"
        rows = tuple(
            replace(FINDING, id=f"{name}#spleen@z{z}", sample=name, raw=f"word {z}", index=z)
            for z in range(n % 4)
        )
        no = Rejection(
            stage="ingest", source="abdomen", subject=f"{name}: 7", reason="too-small", detail=""
        )
        sample = (replace(SAMPLE, id=name, key=f"{n:04}"),) if n % 7 else ()
        found.append(Ingested(sample, rows, (no,) * (n % 2), n % 4 + n % 2, name))
    return found


def written(folder: Path, results: Sequence[Ingested]) -> dict[str, bytes]:
    digests = {f"abdomen/{n:04}": f"{n:024}" for n in range(IMAGES)}
    with stage_writer(Partition(folder), "ingest", "abdomen", Finding) as writer:
        tables = IngestTables(writer, "cc0-1.0", [])
        for one in results:
            tables.add(one, digests[one.sample])
    return {p.name: p.read_bytes() for p in folder.iterdir()}


@pytest.mark.parametrize("bundle", [1, 7, 64, IMAGES])
def test_tables_of_bundles_are_the_bytes_of_single_rows(tmp_path: Path, bundle: int) -> None:
    every = images()
    sent = [one for i in range(0, IMAGES, bundle) for one in gathered(every[i : i + bundle])]
    assert len(sent) == IMAGES
    assert not any(one.findings or one.samples for one in sent)
    alone, together = written(tmp_path / "alone", every), written(tmp_path / "together", sent)
    assert alone == together
    rows = pq.read_table(tmp_path / "together/rows.parquet").to_pylist()
    assert [r["id"] for r in rows] == sorted(f.id for one in every for f in one.findings)
    known = pq.read_table(tmp_path / "together/samples.parquet")["key"].to_pylist()
    assert known == sorted(s.key for one in every for s in one.samples)


class Twice:
    """Work whose results are gathered."""

    def __call__(self, unit: int) -> int:
        """Return the double."""
        return 2 * unit

    def gathered(self, found: Sequence[int]) -> list[int]:
        """Return the sum in the first place."""
        return [sum(found), *[0] * (len(found) - 1)]


def test_a_bundle_is_gathered_where_it_was_made() -> None:
    assert run_bundle(Twice(), [1, 2, 3])[0] == [12, 0, 0]
    assert run_bundle(lambda unit: 2 * unit, [1, 2, 3])[0] == [2, 4, 6]
