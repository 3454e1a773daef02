"""A benchmark asks in its language: names, stems and options; what has no name is left out."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchsmith.documents import library
from benchsmith.documents.problems import Problems
from tests import world
from tests.conftest import PROJECT, Project
from tests.shipped_documents import shipped_library
from tests.unaudited import unaudited

LATIN = re.compile(r"[A-Za-z]+")


@pytest.fixture(scope="module")
def built_zh(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project built in both languages."""
    folder = world.write(tmp_path_factory.mktemp("zh") / "project")
    project = Project(world.chinese(folder))
    with unaudited():
        project.run("build", "small", "--workers", "1")
        project.run("build", "small-zh", "--workers", "1")
    return project


def cases(project: Project, name: str) -> list[dict[str, object]]:
    files = sorted((project.folder / f"output/{name}/release/data").glob("*.parquet"))
    return [row for f in files for row in pq.read_table(f).drop(["image"]).to_pylist()]


def test_every_word_of_a_case_is_in_the_language(built_zh: Project) -> None:
    rows = cases(built_zh, "small-zh")
    assert len(rows) > 20
    for row in rows:
        said = [row["question"], *row["options"], row["label"], row["task"], row["department"]]  # type: ignore[misc]
        latin = {word for text in said for word in LATIN.findall(str(text))}
        assert latin <= {"CT"}, row
        assert str(row["question"]).endswith("？") and row["modality"] in ("CT", "皮肤镜")
    options = {o for row in rows for o in row["options"]}  # type: ignore[attr-defined]
    assert options <= set(world.ZH_NAMES.values())


def test_what_has_no_name_is_left_out_with_its_reason(built_zh: Project) -> None:
    lines = (built_zh.folder / "output/small-zh/left_out.tsv").read_text("utf-8").splitlines()[1:]
    rows = [dict(zip(("source", "stage", "reason", "subject", "detail"), line.split("\t"), strict=False))
            for line in lines]  # fmt: skip
    nameless = Counter(r["detail"] for r in rows if r["reason"] == "no-name-in-language")
    assert set(nameless) == {"label vertebra", "label rib", "label nucleus"} | {
        d for d in nameless if d.startswith("label count-")
    }
    assert nameless["label rib"] > 0 and nameless["label nucleus"] > 0
    assert all(r["stage"] == "tag" for r in rows if r["reason"] == "no-name-in-language")


def test_the_other_language_s_build_is_the_same_as_without(
    built_zh: Project, built: Project
) -> None:
    """Chinese beside it changes no byte of an English release."""
    assert built_zh.bytes_of_release().keys() == built.bytes_of_release().keys()
    ours, theirs = built_zh.bytes_of_release(), built.bytes_of_release()
    tables = [name for name in ours if name.startswith(("data/", "vlmevalkit/"))]
    assert tables and all(ours[name] == theirs[name] for name in tables)


def test_the_card_and_the_page_say_the_language(built_zh: Project) -> None:
    release = built_zh.folder / "output/small-zh/release"
    assert "\nlanguage:\n- zh\n" in (release / "README.md").read_text("utf-8")
    assert 'class="sheet" lang="zh"' in (release / "report.html").read_text("utf-8")


def test_a_query_understands_names_of_both_languages(built_zh: Project) -> None:
    for value in ("liver", "肝脏"):
        place = built_zh.folder / f"cut-{value}"
        said = built_zh.run("subset", f"label={value}", "--from", "small-zh", "--to", str(place))
        assert place.is_dir(), said
    one, other = ((built_zh.folder / f"cut-{v}").glob("data/*") for v in ("liver", "肝脏"))
    assert [p.read_bytes() for p in sorted(one)] == [p.read_bytes() for p in sorted(other)]


def test_a_draft_starts_no_new_build(built_zh: Project) -> None:
    world.put(built_zh.folder / "question_pools/drafts/bone.en.model.yaml", "task: bone\n")
    assert "nothing to do" in built_zh.run("build", "small", "--workers", "1")


@pytest.mark.parametrize(
    ("file", "row", "line", "what"),
    [
        ("label.zh.tsv", "livr;肝区;", 2, "unknown label 'livr'"),
        ("label.zh.tsv", "rib;肝脏;", 2, "also names"),
        ("label.zh.tsv", "rib;rib bone;", 2, "'rib bone' is not in Simplified Chinese"),
        ("label.zh.tsv", "rib;;", 2, "has no name"),
        ("label.zh.tsv", "liver;肝区;", 2, "also on line"),
        ("task.zh.tsv", None, 1, "task 'bone' has no name in Simplified Chinese"),
        ("label.xx.tsv", "rib;x;", 1, "unknown language 'xx'"),
    ],
)
def test_a_fault_in_the_names_is_found(
    tmp_path: Path, file: str, row: str | None, line: int, what: str
) -> None:
    world.documents(tmp_path)
    world.chinese(tmp_path)
    path = tmp_path / "lexicon/tree" / file
    rows = path.read_text("utf-8").splitlines() if path.exists() else ["id\tname\tsynonyms"]
    if row is None:
        rows = [r for r in rows if not r.startswith("bone\t")]
    else:
        rows.insert(1, row.replace(";", "\t"))
    world.put(path, "\n".join(rows) + "\n")
    found = Problems(tmp_path)
    library.collect(tmp_path, found)
    said = [p for p in found.found if p.file == f"lexicon/tree/{file}"]
    assert any(what in p.what for p in said), found.found
    if "also on" not in what and "also names" not in what:
        assert any(what in p.what and p.line == line for p in said)


def test_an_unknown_language_of_a_benchmark_is_a_problem(project: Project) -> None:
    world.put(project.folder / "benchmarks/small-zh.yaml",
              world.BENCHMARK.replace("title: Small", "title: S\nlanguage: zh"))  # fmt: skip
    said = project.run("check", "small-zh", code=2)
    assert (
        "benchmarks/small-zh.yaml:2: the lexicon has no names in the language 'zh'; there are: en"
        in said
    )


def test_the_shipped_languages_have_ten_stems_for_each_place() -> None:
    chinese = shipped_library().languages["zh"]
    assert len(chinese) >= 6
    for task, pool in chinese.items():
        for view in ("image", "box", "mask", "contour"):
            assert len(pool.stems[view]) >= 10, (task, view)
            assert len(pool.several.get(view, ())) in (0, *range(8, 20)), (task, view)
    assert sum(bool(pool.several) for pool in chinese.values()) >= 4


def test_the_demonstration_asks_the_same_in_both_languages() -> None:
    """What both ask of recognition differs in words alone, so that these scores may be compared."""
    from benchsmith.documents.benchmark import Benchmark
    from benchsmith.documents.yaml import collect

    problems = Problems(PROJECT)
    both = [
        collect(PROJECT / f"benchmarks/{n}.yaml", Benchmark, problems)[0]
        for n in ("demo", "demo-zh")
    ]
    english, chinese = (
        b.model_dump(exclude={"title", "description", "language", "skills", "per_skill"})
        for b in both
        if b
    )
    assert english == chinese
