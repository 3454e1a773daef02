"""Long lists: the same images and digests as from whole objects, in a few bytes each."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
from pathlib import Path

import pytest

from benchsmith import plugins
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import Recipe, Source
from benchsmith.documents.yaml import collect
from benchsmith.pipeline.source_files import SourceFiles, find_files
from benchsmith.stages.units import Unit
from benchsmith.tables import file_digests
from benchsmith.tables.file_digests import Digests
from benchsmith.tables.packed_columns import PackedDigests, PathLists, Texts
from benchsmith.tables.partition import fingerprint
from benchsmith.tables.text_hashes import Hashes
from benchsmith.text import path_patterns
from benchsmith.text.path_walk import Walk
from performance.listing import RECIPE


def listed(home: Path) -> SourceFiles:
    (home / "recipe.yaml").write_text(RECIPE)
    problems = Problems(home)
    recipe, _ = collect(home / "recipe.yaml", Recipe, problems)
    problems.raise_any()
    assert recipe is not None
    source = Source("many", home, home / "recipe.yaml", recipe)
    roots = {"": home, "recipe": home}
    return find_files(source, roots, plugins.readers(), Digests(home / "digests"))


def write(home: Path, folders: list[str], each: int) -> None:
    for folder in folders:
        (home / "images" / folder).mkdir(parents=True)
        for i in range(each):
            (home / "images" / folder / f"p{i:04d}_v1.png").write_bytes(f"{folder} {i}".encode())


def test_units_and_digests_are_those_of_whole_objects(tmp_path: Path) -> None:
    """Every value is computed here from the files' names and bytes; `a-b` and `a` are out of order."""
    write(tmp_path, ["a", "a-b", "b"], 3)
    found = listed(tmp_path)
    keys = [f"{f}/p{i:04d}_v1" for f in ("a-b", "a", "b") for i in range(3)]
    assert [unit.key for unit in found.units] == keys
    assert list(found.sample_digests) == [f"many/{key}" for key in keys]
    source = collect(tmp_path / "recipe.yaml", Recipe, Problems(tmp_path))[0]
    assert source is not None
    entry = fingerprint(source.samples[0].model_dump(mode="json"))
    for unit in found.units:
        assert isinstance(unit, Unit)
        folder, name = unit.key.split("/")
        path = tmp_path / f"images/{folder}/{name}.png"
        fields = {"folder": folder, "patient": name[:5], "label": "v1", "key": unit.key, "part": ""}
        assert (unit.path, unit.fields, unit.patient) == (path, fields, f"many/{name[:5]}")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        about = (0, unit.key, "", fields, "ct", "", unit.patient, {})
        read = fingerprint(entry, about, [], {f"images/{unit.key}.png": sha256})
        assert found.sample_digests[unit.sample] == read
    files = {tmp_path / f"images/{key}.png" for key in keys}
    assert dict(found.file_digests.items()) == {
        path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
    assert found.digest == fingerprint(sorted(found.sample_digests.items()), [])
    assert found.sample_digests.get("many/c") is None
    last = found.units.take([8, 0])
    assert [unit.key for unit in last] == [keys[8], keys[0]] == [u.key for u in found.units[::-8]]
    some = [f"many/{keys[8]}", f"many/{keys[2]}", "many/none"]
    assert [unit.key for unit in found.units.of(some)] == [keys[2], keys[8]]
    others = [key for key in keys if f"many/{key}" not in some]
    assert [unit.key for unit in found.units.without(some)] == others


def test_sorted_names_have_the_same_digest_as_a_whole_list(tmp_path: Path) -> None:
    write(tmp_path, ["a", "b"], 2)
    found = listed(tmp_path)
    assert found.digest == fingerprint(sorted(found.sample_digests.items()), [])


def test_an_image_takes_a_few_hundred_bytes(tmp_path: Path) -> None:
    """Whole objects took some 2,900 bytes an image."""
    count = 3000
    write(tmp_path, ["a", "b", "c"], count // 3)
    listed(tmp_path)  # what is imported and remembered once is no part of a list
    tracemalloc.start()
    found = listed(tmp_path)
    held, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.units) == count
    assert held < 300 * count
    assert most < 700 * count


NAMES = [
    "a/p_1.png", "a/p_2.PNG", "a/P_3.png", "a/.p_4.png", "a/p_5.jpg", "a/p_x_6.png", "a/n/p_7.png",
    "A/p_1.png", "a-b/p_1.png", "b/p_é_1.png", "b/p_e\u0301_2.png", "b/p_1.png/p_2.png", "p_1.png",
]  # fmt: skip
PATTERNS = [
    "{f}/p_{n}.png", "{f}/p_{n}_{m}.png", "{f}/{k}_{n}_{m}*.png", "a/p_{n=digits}.png", "a/*", "*/p_1.png",
    "{f}/", "a/n/", "{f}/p_1.png/p_{n}.png", "b/p_é_{n}.png", "B/p_{n}.png", "a/p_2.png", "a/.p_{n}.png",
    "{f}/P_3.png", "none/{n}.png", "{f}/q_{n}.png", "a/p_{n+1}.png", "{f}/p_{n-1=1}.png",
]  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Names that differ in case, normal form and kind, links within and out of the folder."""
    top = tmp_path_factory.mktemp("tree")
    for name in NAMES:
        (top / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (top / "in" / name).write_bytes(b"")
    (top / "out_1.png").write_bytes(b"")
    (top / "in/a/p_out.png").symlink_to(top / "out_1.png")
    (top / "in/a/p_in.png").symlink_to(top / "in/p_1.png")
    (top / "in/a/p_none.png").symlink_to(top / "none")
    (top / "in/linked").symlink_to(top / "in/a")
    (top / "in/up").symlink_to(top)
    os.mkfifo(top / "in/a/p_pipe.png")
    (Path(os.fsdecode(bytes(top / "in/a") + b"/p_\xe9.png"))).write_bytes(b"")
    return top / "in"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_walk_finds_what_a_search_finds(tree: Path, pattern: str) -> None:
    walk, found = Walk(tree, pattern), path_patterns.find(tree, pattern)
    assert [(walk.path(p), dict(f)) for p, f in walk] == [(m.path, dict(m.fields)) for m in found]
    assert [walk.fields(place) for place, _ in walk] == [dict(m.fields) for m in found]
    every = [
        Path(folder) / name for folder, *names in os.walk(tree) for own in names for name in own
    ]
    every += [tree / "linked" / name for name in os.listdir(tree / "a")]
    held = {path for path in every if walk.holds(path)}
    assert held == {match.path for match in found}


def test_names_that_begin_alike_are_found_in_any_spelling(tmp_path: Path) -> None:
    """Of a long folder only names that can match are looked at: those with the letters before a wildcard."""
    names = [
        "a_1.png",
        "a_2.PNG",
        "a\x7f_3.png",
        "A_4.png",
        "b_5.png",
        "a_é.png",
        "a_e\u0301x.png",
        "aé_6.png",
    ]
    for name in names:
        (tmp_path / name).write_bytes(b"")

    def found(pattern: str) -> set[str]:
        return {match.path.name for match in path_patterns.find(tmp_path, pattern)}

    assert found("a_*.png") == {"a_1.png", "a_2.PNG", "a_é.png", "a_e\u0301x.png"}
    assert found("a{n}_*.png") == {"a\x7f_3.png", "aé_6.png"}
    assert found("aé_{n}.png") == {"aé_6.png"}
    assert found("a_{n}x.png") == {"a_e\u0301x.png"}


def test_columns_give_back_what_they_were_given() -> None:
    words = ["", "a", "é\u0301", "caf\udce9", "x" * 300]
    texts = Texts(words)
    assert (list(texts), texts[1:3], texts[-0]) == (words, words[1:3], "")
    with pytest.raises(IndexError):
        texts[5]
    paths = PathLists([Path("/a"), Path("/a/b")])
    given = [[Path("/a/b/c"), Path("/ab")], [], [Path("/a/x"), Path("rel")]]
    for own in given:
        paths.append(own)
    assert list(paths) == given
    sums = PackedDigests(2)
    sums.append("00ff")
    sums.append("1234")
    assert list(sums) == ["00ff", "1234"]


def test_hashes_find_values_that_repeat() -> None:
    values, others = Hashes(), Hashes()
    assert (values.repeated(), values.with_several(others), values.find("a")) == ([], [], [])
    for one, other in ("ax", "bx", "ay", "cx", "bx"):
        values.add(one)
        others.add(other)
    assert values.repeated() == [[0, 2], [1, 4]]
    assert values.with_several(others) == [0, 2]
    assert (values.find("b"), values.find("d"), "c" in values, "d" in values) == (
        [1, 4],
        [],
        True,
        False,
    )


def test_digests_are_kept_packed_and_follow_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_digests, "YOUNG_NS", 0)
    monkeypatch.setattr(file_digests, "_NEW_ROWS", 4)
    files = [tmp_path / f"{n}.bin" for n in range(30)]
    for n, path in enumerate(files):
        path.write_bytes(bytes([n]))

    def right() -> list[str]:
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]

    cache = tmp_path / "digests"
    first = Digests(cache)
    assert first.of_all(files) == right() == first.of_all(files)
    files[3].write_bytes(b"other")
    assert first.of_all(files) == right()
    first.save()
    hashed: list[str] = []
    digest = hashlib.file_digest

    def counted(file: object, name: str) -> object:
        hashed.append(file.name)  # type: ignore[attr-defined]
        return digest(file, name)  # type: ignore[arg-type]

    monkeypatch.setattr(hashlib, "file_digest", counted)
    again = Digests(cache)
    assert again.of_all(files) == right() and not hashed
    files[7].write_bytes(b"another")
    assert again.of_all(files) == right() and hashed == [str(files[7])]
    again.save()
    whole = cache.read_bytes()
    for damaged in (
        whole[:-1],
        whole[:100] + b"\0\0" + whole[102:],
        b"",
        b'["/a", 1, 2, 3, "00"]\n',
    ):
        cache.write_bytes(damaged)
        hashed.clear()
        assert Digests(cache).of_all(files) == right()
        assert len(hashed) == len(files)


def test_the_digest_of_a_young_file_is_not_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, young = tmp_path / "old", tmp_path / "young"
    old.write_bytes(b"old")
    young.write_bytes(b"young")
    digests = Digests(tmp_path / "digests")
    monkeypatch.setattr(file_digests, "YOUNG_NS", 0)
    digests.of(old)
    monkeypatch.setattr(file_digests, "YOUNG_NS", 10**18)
    digests.of(young)
    digests.save()
    kept = Digests(tmp_path / "digests")
    assert kept.of(old) == hashlib.sha256(b"old").hexdigest()
    rows = (tmp_path / "digests").stat().st_size
    assert rows == len(file_digests.BEGINNING) + 16 + 72
