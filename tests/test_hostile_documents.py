"""Hostile documents: refused with file and line after work that is bounded by counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.documents import problems as problems_of_documents
from benchsmith.documents import recipe, text_file, tree, tsv, yaml_size
from benchsmith.documents.lexicon import word_mappings
from benchsmith.documents.lexicon.row_checks import RowChecks
from benchsmith.documents.problems import (
    MAX_KNOWN,
    MAX_LETTERS,
    MAX_PER_FILE,
    Problems,
    did_you_mean,
)
from benchsmith.text import path_patterns
from tests.conftest import PROJECT, Project

GOOD = (PROJECT / "raw_sources/acdc/recipe.yaml").read_text("utf-8")
START, SAMPLES = GOOD.split("samples:", 1)
UNPARSED = {
    "brackets in brackets": ("a: " + "[" * 400_000, 1, "has brackets nested more than 64 deep"),
    "maps in maps": (
        "\n".join(f"{' ' * i}k:" for i in range(1_400)), 258, "is indented by more than 256 columns"
    ),
    "lists in lists": ("a:\n" + "- " * 400_000 + "x", 2, "is indented by more than 256 columns"),
    "keys of keys": ("? " * 300_000 + "a", 1, "is indented by more than 256 columns"),
    "a million keys": (
        "\n".join(f"{i}:" for i in range(140_000)), 20_001, "has more than 20000 lines and commas"
    ),
    "a long list": ("a: [" + "1," * 490_000 + "]", 1, "has more than 20000 lines and commas"),
    "a long text": ("a: |\n" + " b\n" * 300_000, 20_001, "has more than 20000 lines and commas"),
    "comments": ("a: 1\n" + "#\n" * 500_000, 20_001, "has more than 20000 lines and commas"),
    "keys after carriage returns": (
        "k: 1\r" * 100_000, 20_001, "has more than 20000 lines and commas"
    ),
    "a long comment": ("a: 1\n#" + "#" * 900_000, 2, "has a line of more than 50000 characters"),
    "an open quote": ("a: '" + "b\n" * 400_000, 20_001, "has more than 20000 lines and commas"),
    "many brackets": ("a: 1\n" + "b: [[]]\n" * 2_000, 1002, "has more than 2000 brackets"),
    "too many bytes": ("a: " + "b" * (1 << 20), 1, "has 1048579 bytes, more than the 1048576"),
}  # fmt: skip


def problems_of(folder: Path, text: str) -> list[str]:
    source = folder / "raw_sources" / "s"
    source.mkdir(parents=True, exist_ok=True)
    (source / "recipe.yaml").write_text(text, "utf-8")
    problems = Problems(folder)
    recipe.collect(source, problems)
    return [str(p) for p in problems.found]


@pytest.mark.parametrize(("text", "line", "words"), UNPARSED.values(), ids=UNPARSED)
def test_a_document_of_too_many_parts_is_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: int, words: str
) -> None:
    """The parser's work depends on the parts of a text, so these are counted before it starts."""

    def never(**_: object) -> None:
        raise AssertionError("the parser was started")

    monkeypatch.setattr("ruamel.yaml.YAML", never)
    (problem,) = problems_of(tmp_path, text)
    assert problem.startswith(f"raw_sources/s/recipe.yaml:{line}: {words}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x [1]\nb: [*x, *x, *x]\n", ":1: uses YAML anchors or aliases"),
        ("a: !!python/object/apply:os.system [ls]\n", ":1: uses YAML tags"),
        ("a: 1\n<<: {b: 2}\n", ":1: uses YAML merge keys"),
        ("a:\n  - <<: {b: 2}\n", ":1: uses YAML merge keys"),
        ("a: 1\ntitle: 0x" + "f" * 900, ":2: has a number of more than 18 digits"),
        ("a: 1\ntitle: " + "9" * 900, ":2: has a number of more than 18 digits"),
        ("a: 1\n1234567890123456789: b", ":2: has a number of more than 18 digits"),
    ],
)
def test_a_value_that_grows_or_overflows(tmp_path: Path, text: str, words: str) -> None:
    (problem,) = problems_of(tmp_path, text)
    assert words in problem


def test_ordinary_documents_are_far_from_the_bounds() -> None:
    """Each document of the project would fit ten times over."""
    for path in sorted(PROJECT.glob("*/**/*.yaml")):
        if "output" not in path.parts:
            text = path.read_text("utf-8")
            assert yaml_size.too_much(text) is None
            assert 10 * (text.count("\n") + text.count(",")) < yaml_size.MAX_PARTS
            assert 10 * max(map(len, text.split("\n"))) < yaml_size.MAX_LINE


def test_a_line_may_have_as_many_characters_as_the_limit_says() -> None:
    most = yaml_size.MAX_LINE
    assert yaml_size.too_much("a: 1\r\n" + "#" * most + "\r\nb: 2") is None
    assert yaml_size.too_much("a: 1\r\n" + "#" * (most + 1)) == (
        2, "has a line of more than 50000 characters"
    )  # fmt: skip


def test_problems_and_their_words_are_bounded(tmp_path: Path) -> None:
    found = problems_of(tmp_path, START + "samples:\n" + "- {}\n" * 900)
    assert len(found) == MAX_PER_FILE + 1
    assert sum("has more problems than the 200 that are listed; correct" in p for p in found) == 1
    problems = Problems(tmp_path)
    problems.add(tmp_path / "x", 1, f"the key {'t' * 100_000} is unknown")
    (problem,) = problems.found
    assert len(problem.what) < MAX_LETTERS + 10
    assert problem.what.startswith("the key ttt")
    assert problem.what.endswith("ttt is unknown")
    assert did_you_mean("kidny" * 1_000, ["kidney" * 1_000]) == ""


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("*a" * 9, "has more than 8 placeholders and stars in one name"),
        ("a" * 1_001, "is longer than 1000 characters"),
        ("*/" * 400 + "x" * 201, "is longer than 1000 characters"),
    ],
)
def test_patterns_are_bounded(tmp_path: Path, pattern: str, words: str) -> None:
    old = re.search(r"images: (.*)", GOOD)
    assert old
    line = GOOD[: old.start()].count("\n") + 1
    (problem,) = problems_of(tmp_path, GOOD.replace(old[0], f"images: '{pattern}'", 1))
    assert problem.startswith(f"raw_sources/s/recipe.yaml:{line}: ")
    assert words in problem


@given(data=st.data())
def test_names_match_as_a_regular_expression_says(data: st.DataObject) -> None:
    """With any number of wildcards, and the same values of placeholders."""
    pieces = [st.sampled_from(["a", "b", "ab", "*", ".png"]), st.just("{}")]
    drawn = data.draw(st.lists(st.one_of(pieces), max_size=8))
    part = "".join(f"{{{'pqrstuvw'[i]}}}" if p == "{}" else p for i, p in enumerate(drawn))
    name = data.draw(st.text("ab.", max_size=10)) + data.draw(st.sampled_from(["", ".png", ".PNG"]))
    expression = path_patterns.expression(part)
    match = expression.fullmatch(name)
    assert path_patterns.match_name(part, name) == (match.groupdict() if match else None)


def test_a_name_that_nearly_matches_is_tried_once_from_each_place() -> None:
    """A regular expression needs 10^13 steps for it."""
    assert path_patterns.match_name("*a*a*a*a*a*a*a*ab", "a" * 255) is None


def table(folder: Path, text: str) -> tuple[list[tsv.Row], list[str]]:
    (folder / "t.tsv").write_text(text, "utf-8")
    problems = Problems(folder)
    rows = tsv.collect(folder / "t.tsv", ("a", "b"), problems)
    return rows, [str(p) for p in problems.found]


def test_a_table_that_is_too_large_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "t.tsv").open("wb") as file:
        file.truncate(100_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("the file was read"))
    problems = Problems(tmp_path)
    assert tsv.collect(tmp_path / "t.tsv", ("a", "b"), problems) == []
    (problem,) = problems.found
    assert str(problem) == (
        f"t.tsv:1: has 100000000 bytes, more than the {text_file.MAX_BYTES} of a document; split it"
    )


def test_lines_columns_and_problems_of_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, found = table(tmp_path, "a\tb\n" + "x\n" * 5_000 + "1\t2\n")
    assert [dict(row.cells) for row in rows] == [{"a": "1", "b": "2"}]
    assert len(found) == MAX_PER_FILE + 1
    assert found[0].startswith("t.tsv:2: has 1 cell instead of 2")
    _, found = table(tmp_path, "\t".join(f"c{i}" for i in range(100_000)))
    assert found == ["t.tsv:1: has 100000 columns instead of 2; the header is a b"]
    monkeypatch.setattr(tsv, "MAX_ROWS", 4)
    assert table(tmp_path, "a\tb\n" + "1\t2\n" * 3)[1] == []
    rows, found = table(tmp_path, "a\tb\n" + "1\t2\n" * 4)
    assert (rows, found) == ([], ["t.tsv:5: has more than 4 lines; split the table"])


@pytest.mark.parametrize(
    ("before", "after"),
    [("pictures/{key}.jpg", '"nope:{key}.jpg"'), ("file: labels.csv", 'file: "nope:labels.csv"')],
)
def test_a_root_that_is_none_is_named_and_not_looked_for(
    project: Project, before: str, after: str
) -> None:
    """`check` looks for pictures that share a key; a pattern with this root ended it."""
    path = project.folder / "raw_sources/skin/recipe.yaml"
    path.write_text(path.read_text().replace(before, after))
    said = project.run("check", code=2)
    assert "'nope:" in said and "starts with a root that is not in `also`" in said


def test_a_deep_or_endless_tree_is_cut_after_work_for_each_term(tmp_path: Path) -> None:
    """The lines above each term were walked again for each: 3000 in one another took minutes."""
    table = tmp_path / "lexicon/tree/label.tsv"
    table.parent.mkdir(parents=True)
    head = "id\tparent\tname\tsynonyms\tmesh\tnote\n"
    rows = [f"q{i}\t{f'q{i - 1}' if i else ''}\tname {i}\t\t\t\n" for i in range(20_000)]
    table.write_text(head + "".join(rows), "utf-8")
    problems = Problems(tmp_path)
    axis = tree.collect(table, problems)
    assert problems.found[0].line == tree.MAX_DEPTH + 2
    assert "'q64' has 64 or more terms above it" in problems.found[0].what
    assert len(axis.lineage("q63")) == 64
    assert max(len(axis.lineage(id_)) for id_ in axis.terms) == tree.MAX_DEPTH
    rows[0] = "q0\tq19999\tname 0\t\t\t\n"
    table.write_text(head + "".join(rows), "utf-8")
    problems = Problems(tmp_path)
    axis = tree.collect(table, problems)
    assert all("is its own ancestor" in p.what for p in problems.found[:-1])
    assert {len(axis.lineage(f"q{i}")) for i in range(20_000)} == {1}


def test_a_near_word_is_not_looked_for_among_very_many() -> None:
    many = [f"label-{n}" for n in range(MAX_KNOWN + 1)]
    assert did_you_mean("label-1x", many) == ""
    assert did_you_mean("LABEL-7", many) == "did you mean label-7?"
    assert did_you_mean("label-1x", many[:20]) != ""


def test_a_near_word_is_looked_for_only_for_problems_that_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each search compares the word with all labels, and a mapping may have a million rows."""
    sought: list[str] = []

    def counted(word: str, known: Iterable[str]) -> str:
        sought.append(word)
        return did_you_mean(word, known)

    monkeypatch.setattr(problems_of_documents, "did_you_mean", counted)
    path = tmp_path / "lexicon" / "mappings" / "s.tsv"
    path.parent.mkdir(parents=True)
    rows = "".join(f"w{n}\texact\tlivr{n}\tann\t\n" for n in range(5_000))
    path.write_text("raw\trelation\tlabel\treviewed_by\tnote\n" + rows)
    problems = Problems(tmp_path)
    liver = tree.Term("liver", "", "liver", (), "", "", path, 1)
    labels = tree.Axis({"liver": liver})
    check = RowChecks({"label": labels}, problems, frozenset({"ann"}))
    word_mappings.collect(tmp_path / "lexicon", check, frozenset({"s"}))
    listed = [p for p in problems.found if p.file == "lexicon/mappings/s.tsv"]
    assert len(listed) == MAX_PER_FILE + 1
    assert sum(p.hint == "did you mean liver?" for p in listed) == MAX_PER_FILE
    assert len([word for word in sought if word.startswith("livr")]) == MAX_PER_FILE


def test_a_recipe_in_utf_16_is_checked_like_any_other(project: Project) -> None:
    """What looked for the line of a problem read UTF-8 alone, and crashed."""
    path = project.folder / "raw_sources/abdomen/recipe.yaml"
    text = path.read_text("utf-8").replace("modality: ct", "modality: cd")
    path.write_text(text, "utf-16")
    said = project.run("check", code=2)
    line = next(n for n, each in enumerate(text.split("\n"), 1) if "modality: cd" in each)
    assert f"recipe.yaml:{line}: unknown modality 'cd'" in said
