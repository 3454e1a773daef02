"""The memory for many rows is bounded, and the result is that of all rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchsmith.core.model import Box, Choice, Finding, Neighbour, Rejection
from benchsmith.core.picture_quality import Quality
from benchsmith.core.random_order import rank, ranks
from benchsmith.documents.benchmark import Quota
from benchsmith.documents.blind_answers import BlindAnswer
from benchsmith.pipeline import resolved_words
from benchsmith.selectors import first_pass
from benchsmith.selectors.candidate_files import from_rows
from benchsmith.selectors.candidate_status import Judge
from benchsmith.selectors.people import patient_groups
from benchsmith.selectors.round_robin import round_robin
from benchsmith.selectors.sample_names import sample_names
from benchsmith.stages.select import select
from benchsmith.tables import coded_columns, external_sort, record_tables, stage_tables
from benchsmith.tables.partition import Partition
from tests.made_targets import BENCHMARK, made
from tests.pictures import sample_of, target
from tests.rows import FINDING

WORDS = st.text(alphabet="ab/#é~", min_size=1, max_size=4)
LEFT_OUT = st.lists(
    st.builds(
        Rejection, stage=st.just("tag"), source=WORDS, subject=WORDS,
        reason=st.sampled_from(["no-placement", "unknown-modality"]), detail=WORDS,
    ),
    max_size=60,
)  # fmt: skip
LAX = settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)  # fmt: skip


def written(folder: Path, left_out: Sequence[Rejection], size: int) -> Partition:
    partition = Partition(folder / f"part-{len(list(folder.iterdir()))}")
    with stage_tables.stage_writer(partition, "tag", "s", Finding, len(left_out)) as out:
        for first in range(0, len(left_out), size):
            out.add(left_out[first : first + size])
    return partition


@LAX
@given(left_out=LEFT_OUT, size=st.integers(1, 7), held=st.integers(1, 9))
def test_the_bytes_of_a_stage_do_not_depend_on_what_is_held(
    left_out: list[Rejection], size: int, held: int, tmp_path: Path
) -> None:
    """A merge of many files on disk and a sort in memory give one file, in any order of coming."""
    whole = written(tmp_path, left_out, 1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(external_sort, "MEMORY_ROWS", held)
        patch.setattr(stage_tables, "BATCH_ROWS", 3)
        patch.setattr(external_sort, "MERGE_ROWS", 2)
        parted = written(tmp_path, left_out[::-1], size)
    files = sorted(p.name for p in whole.folder.iterdir())
    assert files == sorted(p.name for p in parted.folder.iterdir())
    for name in files:
        assert (whole.folder / name).read_bytes() == (parted.folder / name).read_bytes(), name
    found = record_tables.from_table(
        record_tables.read(whole.folder / "rejected.parquet"), Rejection
    )

    def key(r: Rejection) -> tuple[bytes, ...]:
        return tuple(getattr(r, c).encode() for c in stage_tables.REJECTION_KEYS)

    assert found == sorted(left_out, key=key)
    assert whole.manifest().rows.as_json() == {
        "in": len(left_out), "out": 0, "rejected": len(left_out), "variants": 0
    }  # fmt: skip


@LAX
@given(
    numbers=st.lists(st.integers(0, 99), unique=True, max_size=40), held=st.integers(1, 9),
    size=st.sampled_from([1, 5000, 1 << 20]),
)  # fmt: skip
def test_every_column_comes_through_a_merge(
    numbers: list[int], held: int, size: int, tmp_path: Path
) -> None:
    box, near = Box(x0=1, y0=2, x1=3, y1=4), Neighbour(name="é", in_region=0.1, in_box=0, share=1)
    rows = [
        replace(
            FINDING, id=f"s/{n}", box=box if n % 2 else None, area_mm2=n / 3 if n % 3 else None,
            neighbours=(near,) * (n % 4), look=bytes([n]), seen=Quality(contrast=None),
        )
        for n in numbers
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(external_sort, "MEMORY_ROWS", held)
        patch.setattr(external_sort, "MERGE_ROWS", 2)
        patch.setattr(external_sort, "MEMORY_BYTES", size)
        patch.setattr(external_sort, "MERGE_BYTES", size)
        sorter = external_sort.ExternalSorter(
            tmp_path / "scratch", record_tables.schema(Finding), ["id"]
        )
        for row in rows:
            sorter.add(record_tables.to_table([row], Finding))
        found = [r for t in sorter.tables() for r in record_tables.from_table(t, Finding)]
    assert found == sorted(rows, key=lambda r: r.id)
    assert not (tmp_path / "scratch").exists()


def test_two_rows_of_one_id_are_never_written(tmp_path: Path) -> None:
    with (
        pytest.raises(AssertionError, match="ids repeat or are out of order"),
        stage_tables.stage_writer(Partition(tmp_path / "p"), "tag", "s", Finding, 2) as out,
    ):
        out.add([FINDING, FINDING])
    assert not list(tmp_path.iterdir())


@LAX
@given(sizes=st.lists(st.integers(0, 30), max_size=9), group=st.integers(1, 20))
def test_row_groups_are_of_one_size_however_rows_come(
    sizes: list[int], group: int, tmp_path: Path
) -> None:
    schema = pa.schema([("n", pa.int64())])
    rows = pa.table({"n": pa.array(range(sum(sizes)), pa.int64())})
    found = []
    for parts in (sizes, [sum(sizes)]):
        writer = record_tables.Writer(tmp_path / "t.parquet", schema, group)
        first = 0
        for size in parts:
            writer.add(rows.slice(first, size))
            first += size
        writer.close()
        found.append((tmp_path / "t.parquet").read_bytes())
    assert found[0] == found[1]
    file = pq.ParquetFile(tmp_path / "t.parquet")
    assert file.read()["n"].to_pylist() == list(range(sum(sizes)))
    groups = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]
    assert all(n == group for n in groups[:-1]) and all(0 < n <= group for n in groups)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["liver", "spleen"]), st.integers(0, 5), st.integers(0, 2),
        st.sampled_from(["abdomen", "other", "third"]),
    ),
    min_size=1, max_size=80, unique=True,
)  # fmt: skip


@LAX
@given(rows=ROWS, size=st.integers(1, 12), at_once=st.integers(1, 30), group=st.integers(2, 20))
def test_the_short_list_is_that_of_all_candidates_at_once(
    rows: list[tuple[str, int, int, str]], size: int, at_once: int, group: int
) -> None:
    """Sources read one by one, a few rows and answers at a time: the places are the rule's."""
    targets = sorted(made(rows), key=lambda t: (t.source, t.id))
    benchmark = BENCHMARK.model_copy(update={"quota": Quota(shortlist=size)})
    sources = from_rows(targets)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(first_pass, "MAX_SORTED", at_once)
        patch.setattr(record_tables, "GROUP", group)
        judge = Judge(benchmark, None, {})
        found = first_pass.first_pass(
            sources, judge, patient_groups(sources, {}), sample_names(sources)
        )
    levels = [
        coded_columns.encode_names(pa.array([getattr(t, name) for t in targets])).codes
        for name in ("source", "patient", "sample", "axis")
    ]
    cell = coded_columns.encode_names(
        pa.array([f"{t.task} {t.label} {t.modality}" for t in targets])
    ).codes
    rank_ = np.array([rank(7, "target", t.id) for t in targets], dtype=np.uint64)
    wanted = np.flatnonzero(round_robin([cell, *levels], rank_) < size)
    assert found.positions.tolist() == wanted.tolist()
    assert found.ranks.tolist() == rank_[wanted].tolist()


def test_selection_is_the_same_from_files_in_parts(tmp_path: Path) -> None:
    labels = ["liver", "spleen", "kidney"]
    targets = [
        target(None, label=labels[n % 3], patient=f"p{n // 4}", sample=f"p{n // 4}.{n % 2}",
               source=("abdomen", "other")[n % 5 == 0])
        for n in range(300)
    ]  # fmt: skip
    targets = list({t.id: t for t in targets}.values())
    samples = list({s.id: s for s in map(sample_of, targets)}.values())
    sources = from_rows(targets, samples)
    files = []
    for kind in ("targets", "samples"):
        for n, table in enumerate(getattr(sources, kind)):
            files.append(tmp_path / f"{kind}{n}.parquet")
            pq.write_table(table, files[-1], row_group_size=7)
    half = len(files) // 2
    on_disk = type(sources)(files[:half], files[half:])
    benchmark = BENCHMARK.model_copy(update={"quota": Quota(per_answer=6, shortlist=60)})
    blind = {
        t.id: BlindAnswer(
            question=f"{t.id}:full", model="m", picture="none", solved=2, asked=3, options=4,
            closed=False, label=t.label, task=t.task, modality=t.modality, text="", rules="", when="",
        )
        for t in targets[::7]
    }  # fmt: skip
    gone = {t.id: "twice" for t in targets[1::3] if t.id not in blind}
    found = []
    for each in (sources, on_disk):
        one = select(each, benchmark, solved=blind, dropped=gone)
        left = pa.concat_tables(one.rejected)
        found.append((one.chosen.to_pylist(), left.to_pylist(), one.notes))
    assert found[0] == found[1]
    chosen, left, notes = found[0]
    assert notes["blind_solved"] == {"left_out": len(blind), "stale": 0}
    solved = [(r["subject"], r["detail"]) for r in left if r["reason"] == "blind-solved"]
    assert sorted(solved) == sorted((id_, "2 of 3 by m") for id_ in blind)
    assert sorted([c["id"] for c in chosen] + [r["subject"] for r in left]) == sorted(
        t.id for t in targets
    )
    assert {r["reason"] for r in left} >= {"not-shortlisted", "over-quota", "review-dropped"}
    assert set(chosen[0]) == set(Choice.__dataclass_fields__)


def test_words_are_gathered_of_findings_and_of_what_is_beside_them() -> None:
    beside = [("liver", "spleen"), (), ("liver",), ("wart", "spleen")]
    ways = ["ct", "ct", "mr", "ct"]
    rows = [
        replace(
            FINDING, id=f"s/{n}", raw="spleen", modality=way,
            neighbours=tuple(Neighbour(name=b, in_region=0, in_box=0, share=0) for b in names),
        )
        for n, (names, way) in enumerate(zip(beside, ways, strict=True))
    ]  # fmt: skip
    words = resolved_words.WordCollector()
    table = record_tables.to_table(rows, Finding)
    for first, count in ((0, 1), (1, 2), (3, 1), (4, 0)):
        words.add(table.slice(first, count))
    assert [tuple(row.values()) for row in words.table().to_pylist()] == [
        ("liver", "ct", False), ("liver", "mr", False),
        ("spleen", "ct", True), ("spleen", "mr", True), ("wart", "ct", False),
    ]  # fmt: skip


@given(st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=3), st.integers())
def test_many_ranks_are_the_ranks_of_each(names: list[str], context: list[str], seed: int) -> None:
    names = [n for n in names if not any("\ud800" <= c <= "\udfff" for c in n)]
    context = [n for n in context if not any("\ud800" <= c <= "\udfff" for c in n)]
    found = np.frombuffer(ranks(seed, context, names), dtype=">u8").tolist()
    assert found == [rank(seed, *context, name) for name in names]
