"""What a query accepts in DuckDB is what it accepts in Python; counts are those of the rows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchsmith.core.model import SPLITS, VIEWS
from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.axes import OF_TARGETS, value
from benchsmith.documents.query import Query, QueryError, parse
from benchsmith.explore import open_question_rows
from benchsmith.explore.find_build import find
from benchsmith.explore.question_rows import Counts
from tests.conftest import PROJECT, Project
from tests.paths import PYTHONPATH
from tests.shipped_documents import shipped_lexicon

LEXICON = shipped_lexicon()
SOURCES = ("alpha", "be'ta", 'ga"mma; DROP TABLE rows')
SOME = {
    "task": ("bone", "muscle"),
    "department": ("none", "orthopedic-surgery"),
    "modality": ("ct", "mri", "t1-weighted-mri"),
    "label": ("rib", "bone", "liver", "left-rib-that-is-no-label"),
    "axis": ("planar", "axial", "sagittal"),
    "source": SOURCES,
    "split": SPLITS,
}
TERMS = {name: sorted(axis.terms) for name, axis in LEXICON.axes.items()}
AXES = (*LEXICON.axes, "split")
ASKED = ("id", "target", "view", "skill")
"""Fields of a question that are not its target's."""
OWN = ("task", "department", "label")
"""Fields of a target that its question may have another value of."""
ALTERATION = pa.struct([("kind", pa.string())])


def tables(folder: Path, rows: Sequence[dict[str, str]]) -> tuple[Path, list[Path], list[Path]]:
    """Write rows as the stages' tables: questions, their targets, their pictures."""
    turned = {True: {"kind": "turn"}, False: None}
    asked = [{f: r[f] for f in (*ASKED, *OWN)} | {"alteration": turned[r["altered"]]} for r in rows]
    chosen = {r["target"]: {"id": r["target"]} | {f: r[f] for f in SOME} | r["shown"] for r in rows}
    drawn = [{"id": "0", "question": r["id"]} for r in rows]
    found = []
    for name, content in (("ask", asked), ("select", list(chosen.values())), ("render", drawn)):
        path = folder / f"{name}.parquet"
        columns = {"ask": (*ASKED, *OWN), "select": ("id", *SOME), "render": ("id", "question")}[
            name
        ]
        schema = pa.schema([(c, pa.string()) for c in columns])
        if name == "ask":
            schema = schema.append(pa.field("alteration", ALTERATION))
        pq.write_table(pa.Table.from_pylist(content, schema=schema), path)
        found.append(path)
    return found[0], found[1:2], found[2:]


targets = st.lists(st.fixed_dictionaries({f: st.sampled_from(v) for f, v in SOME.items()}),
                   max_size=12)  # fmt: skip


@st.composite
def questions(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw questions: each target at some granularities, with some skills.

    Some ask about something else than their picture was chosen for (`shown`), some are altered.
    """
    asked = st.tuples(st.sampled_from(VIEWS), st.sampled_from(TERMS["skill"]))
    other = st.fixed_dictionaries({f: st.sampled_from(SOME[f]) for f in OWN})
    return [
        target
        | {"target": f"t{n}", "view": view, "skill": skill, "id": f"t{n}:{view}-{skill}"}
        | {"shown": shown, "altered": altered}
        for n, target in enumerate(draw(targets))
        for shown, altered in [(draw(other), draw(st.booleans()))]
        for view, skill in draw(st.lists(asked, min_size=1, unique=True))
    ]


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Draw the text of a query, with names, descendants, alternatives and `*`."""
    words = []
    for axis in draw(st.lists(st.sampled_from([*LEXICON.axes, "source", "split"]), max_size=4)):
        if axis in LEXICON.axes:
            near = [t for t in SOME.get(axis, TERMS[axis]) if t in LEXICON.axes[axis]]
            one = st.sampled_from(near) | st.sampled_from(TERMS[axis])
            one = one.flatmap(lambda t: st.sampled_from([t, f"{t}/**"]))
        else:
            one = st.sampled_from(SOME[axis][:2])
        ids = draw(st.lists(one | st.just("*"), min_size=1, max_size=3))
        text = f"{axis}{draw(st.sampled_from(['=', '!=']))}{'|'.join(ids)}"
        words.append('"' + text + '"')
    return " ".join(words)


def plain(rows: Sequence[dict[str, str]]) -> list[Any]:
    return [SimpleNamespace(**row) for row in rows]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(rows=questions(), text=queries())
def test_duckdb_accepts_what_the_query_accepts(
    rows: list[dict[str, str]], text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    query = parse(text, LEXICON, SOURCES)
    kept = [r for r in plain(rows) if query.accepts(r)]
    folder = tmp_path_factory.mktemp("rows")
    with open_question_rows.open_build(*tables(folder, rows)) as there:
        assert list(there.ids(query)) == sorted(r.id for r in kept)
        assert there.count(query) == counts(kept)


def counts(rows: Sequence[Any]) -> Counts:
    """Count rows the plain way."""
    return Counts(
        len({r.label for r in rows}),
        len({r.target for r in rows if not r.altered}),
        len(rows),
        len({r.source for r in rows}),
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=25)
@given(rows=questions(), text=queries())
def test_counts_below_a_term_and_cells_are_those_of_the_rows(
    rows: list[dict[str, str]], text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    query = parse(text, LEXICON, SOURCES)
    kept = [r for r in plain(rows) if query.accepts(r)]
    with open_question_rows.open_build(*tables(tmp_path_factory.mktemp("rows"), rows)) as there:
        for axis, terms in LEXICON.axes.items():
            wanted = {}
            for id_ in {above for r in kept for above in (terms.lineage(value(r, axis)) or (value(r, axis),))}:  # fmt: skip
                inside = [r for r in kept if id_ in (terms.lineage(value(r, axis)) or (value(r, axis),))]  # fmt: skip
                wanted[id_] = counts(inside)
            assert there.below(axis, terms, query) == wanted
        axes = ("label", "dimension", "split")
        cells = there.cells(axes, query)
    views: dict[str, tuple[Any, bool, set[str]]] = {}
    for r in kept:
        place = (tuple(value(r, a) for a in axes), r.altered, set[str]())
        views.setdefault(r.target, place)[2].add(r.view)
    wanted_cells = Counter((p, a, tuple(v for v in VIEWS if v in seen)) for p, a, seen in views.values())  # fmt: skip
    assert {(c.places, c.altered, c.views): c.pictured for c in cells} == dict(wanted_cells)
    assert sum(c.targets for c in cells) == counts(kept).targets
    assert [c.places for c in cells] == sorted(c.places for c in cells)


def test_a_missing_value_is_among_no_ids(tmp_path: Path) -> None:
    """Parquet of others may have nulls: they are not ids, as in Python."""
    pq.write_table(pa.table({"id": ["a", "b"], "target": ["a", "b"], "view": ["mask", "mask"]}),
                   tmp_path / "ask.parquet")  # fmt: skip
    pq.write_table(
        pa.table({"id": ["a", "b"], "task": ["bone", None], "label": ["rib", "rib"], "source": ["s", "s"]}),
        tmp_path / "select.parquet",
    )  # fmt: skip
    pq.write_table(pa.table({"question": ["a", "b"]}), tmp_path / "render.parquet")
    files = [tmp_path / f"{n}.parquet" for n in ("ask", "select")]
    with open_question_rows.open_build(files[0], files[1:], [tmp_path / "render.parquet"]) as there:
        assert list(there.ids(parse("task!=bone", LEXICON))) == ["b"]
        assert list(there.ids(parse("task=bone", LEXICON))) == ["a"]
        with pytest.raises(QueryError, match="have no dimension"):
            there.count(parse("dimension=2d", LEXICON))


def test_no_word_of_a_query_is_in_the_sql() -> None:
    query = parse(f"source='{SOURCES[0]}' task=bone label!=liver/**", LEXICON, SOURCES)
    text, values = query.where()
    assert not any(word in text for word in ("alpha", "bone", "liver"))
    assert values[0] == ["alpha"] and values[1] == ["bone"] and "liver" in values[2]
    assert Query("", ()).where() == ("true", [])


@pytest.fixture(scope="module")
def own(built: Project) -> Iterator[lexicons.Lexicon]:
    return lexicons.read(built.folder / "lexicon")


@pytest.mark.parametrize(
    "text",
    ["", "task=disease-diagnosis", "label=abdominal-organ/** granularity!=mask", "dimension=2d",
     "dimension=3d modality=ct split=test", "label=hepar", "source=skin", "department=pathology"],
)  # fmt: skip
def test_a_release_answers_like_the_stages_it_was_cut_from(
    built: Project, own: lexicons.Lexicon, text: str
) -> None:
    query = parse(text, own, ["abdomen", "cells", "skin"])
    with find(built.folder / "output", "small").rows() as there:
        inside = there.count(query)
        ids = list(there.ids(query))
    with open_question_rows.open_release(built.release, own) as there:
        assert there.count(query) == inside
        assert len(list(there.ids(query))) == len(ids) == inside.questions
    assert inside.questions > 0
    assert all(isinstance(n, int) for n in (inside.labels, inside.targets, inside.sources))


def test_targets_have_every_axis_but_how_they_are_asked() -> None:
    assert set(AXES) - {"granularity", "skill", "split"} <= OF_TARGETS
    assert "granularity" not in OF_TARGETS


def test_the_python_of_the_documents_runs(built: Project) -> None:
    """The door for researchers, as `docs/tree.md` shows it, on the small benchmark."""
    text = (PROJECT / "docs/tree.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    code = blocks[0].replace("output/demo", "output/small").replace('"demo"', '"small"')
    code = code.replace("task=bone", "task=organ-recognition-abdomen")
    done = subprocess.run(
        [sys.executable, "-c", code + "\nprint(len(ids))"],
        cwd=built.folder,
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    cases = pq.read_table(built.release / "data", columns=["task", "granularity"]).to_pylist()
    wanted = [
        r for r in cases if "Abdomen" in r["task"] and r["granularity"] in ("mask", "contour")
    ]
    assert f"questions={len(wanted)}," in lines[0]
    assert lines[1].split()[0] == "ct" and lines[1].split()[2] == lines[-1] == str(len(wanted))
