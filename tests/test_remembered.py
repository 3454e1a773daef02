"""What is remembered of documents changes no answer: problems are found as on the first reading."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from benchsmith.documents import library, parse_cache, yaml
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.problems import Problem, Problems
from benchsmith.documents.recipe import Recipe
from tests import world

LABELS = "lexicon/tree/label.tsv"
STEMS = "question_pools/tasks/bone.yaml"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    world.documents(tmp_path)
    return tmp_path


def read(home: Path) -> list[Problem]:
    """Read all documents as a new process would, and return the problems."""
    parse_cache.of.cache_clear()
    problems = Problems(home)
    library.collect(home, problems)
    return sorted(problems.found)


def forgotten(home: Path) -> list[Problem]:
    (home / parse_cache.FILE).unlink(missing_ok=True)
    return read(home)


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8", newline="\n")


def test_what_is_remembered_is_what_was_read(home: Path) -> None:
    assert forgotten(home) == []
    parse_cache.of.cache_clear()
    first, second = (library.read(home) for _ in range(2))
    assert (home / parse_cache.FILE).is_file()
    assert first.pools == second.pools
    assert {s: r.recipe for s, r in first.sources.items()} == {
        s: r.recipe for s, r in second.sources.items()
    }


def test_a_new_name_is_looked_for_in_stems_that_were_sound(home: Path) -> None:
    assert forgotten(home) == []
    change(home / LABELS, "\tspleen\tlien", "\tspleen\tlien | picture")
    found = read(home)
    assert any("names the label 'picture'" in p.what for p in found)
    assert found == forgotten(home)


def test_names_that_came_while_a_file_was_broken_are_looked_for_when_it_is_back(home: Path) -> None:
    assert forgotten(home) == []
    kept = (home / STEMS).read_bytes()
    change(home / STEMS, "task: bone", "task: [bone")
    change(home / LABELS, "\trib\t", "\trib\tview")
    assert read(home)
    (home / STEMS).write_bytes(kept)
    found = read(home)
    assert any(p.file == STEMS and "names the label 'view'" in p.what for p in found)
    assert found == forgotten(home)


def test_problems_are_reported_each_time_and_with_their_lines(home: Path) -> None:
    change(home / "raw_sources/cells/recipe.yaml", "licence: cc0-1.0", "licence: cc0-2.0")
    found = forgotten(home)
    assert [(p.file, p.line) for p in found] == [("raw_sources/cells/recipe.yaml", 4)]
    assert read(home) == read(home) == found


@pytest.mark.parametrize("junk", [b"", b"\0" * 300, b'{"code": 1}', b"[]"])
def test_a_memory_that_cannot_be_read_is_empty(home: Path, junk: bytes) -> None:
    assert forgotten(home) == []
    (home / parse_cache.FILE).write_bytes(junk)
    assert read(home) == []


def test_a_project_that_cannot_be_written_to_is_read_anyway(home: Path) -> None:
    world.put(home / ".cache", "a file where the folder would be")
    assert read(home) == []


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("quotas: {per_answer: 3}", "did you mean quota?"),
        ("quota: {per_valume: 3}", "did you mean per_volume or per_answer?"),
        ("quota: {p_values: 3}", "did you mean per_volume?"),
        ("audit: {waive: [{chek: a, who: b, why: c}]}", "did you mean check?"),
    ],
)
def test_a_hint_names_keys_that_may_stand_there(tmp_path: Path, text: str, hint: str) -> None:
    path = world.put(tmp_path / "b.yaml", f"{world.BENCHMARK.partition('quota')[0]}{text}\n")
    problems = Problems(tmp_path)
    yaml.collect(path, Benchmark, problems)
    assert [p.hint for p in problems.found if "unknown key" in p.what] == [hint]


def test_a_hint_for_a_kind_of_labels_names_keys_of_that_kind(tmp_path: Path) -> None:
    text = world.HEAD.format(title="A") + (
        '  - images: "{key}.png"\n    modality: ct\n    labels:\n'
        '      - {kind: instances, file: "m/{key}.png", label: a, tile: [2, 2]}\n'
    )
    path = world.put(tmp_path / "recipe.yaml", text)
    problems = Problems(tmp_path)
    yaml.collect(path, Recipe, problems)
    said = {p.what: p.hint for p in problems.found}
    assert [hint for what, hint in said.items() if "tile" in what] == ["did you mean file?"]


def test_what_comes_with_the_package_is_parsed_once_for_all_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    parsed: list[object] = []
    whole = YAML.load

    def counted(self: YAML, stream: object) -> object:
        parsed.append(stream)
        return whole(self, stream)

    monkeypatch.setattr(YAML, "load", counted)
    answers = []
    for name in ("first", "second", "with-a-new-label"):
        home = tmp_path / name
        home.mkdir()
        if name == "with-a-new-label":
            world.put(
                home / LABELS,
                "id\tparent\tname\tsynonyms\tmesh\tnote\tkind\n"
                "picture\t\tpicture\t\t\tno MeSH concept: a test\tregion\n",
            )
        parse_cache.of.cache_clear()
        parse_cache.at.cache_clear()
        parsed.clear()
        problems = Problems(home)
        found = library.collect(home, problems, frozenset({"mni-aal"}))
        answers.append((found.pools, sorted(problems.found)))
        if name == "first":
            assert len(parsed) > 20
        else:
            assert parsed == []
    assert answers[0] == answers[1]
    assert not answers[0][1]
    # a name of the third project is a word of many stems: it is searched for in all of them, as ever
    assert answers[2][1]
