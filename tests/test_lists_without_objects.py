"""Long lists are made of text: the digests and files are those of whole units, and few objects are made."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchsmith import plugins
from benchsmith.core.contracts import Plugins
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import Recipe, Source
from benchsmith.documents.yaml import collect
from benchsmith.pipeline import listed_digests
from benchsmith.pipeline.source_files import SourceFiles, find_files
from benchsmith.stages import unit_memory
from benchsmith.stages.unit_memory import largest_first
from benchsmith.tables import file_digests
from benchsmith.tables.file_digests import Digests
from benchsmith.tables.partition import fingerprint
from benchsmith.text import path_misses, path_patterns
from benchsmith.text.filled_search import FilledSearch
from benchsmith.text.path_walk import Walk
from performance.listing import HEAD

NAMES = [
    "a/p1_liver.png", "a/p1_spleen.PNG", 'a/p2_"100%".png', "a/p2_%s.png", "a/p3_back\\slash.png",
    "a-b/p1_liver.png", "b/p%d_é.png", "b/pe\u0301_x.png", "b/p4_tab\t.png", "b/p05_liver.png",
    "b/p{x}_*.png", "b/p6_liver.v2.png", "b/p7_\u200b.png", "c c/p1_liver.png",
]  # fmt: skip
RECIPES = {
    "a key of folders": """  - images: "images/{folder}/{patient}_{label}.png"
    modality: ct
    patient: "{patient}"
    about: {age: "{folder}", sex: f, view: "{key}"}
    labels: [{kind: path, names: {"liver": liver}}]
""",
    "a placeholder of the key": """  - images: "images/{folder}/{key}.png"
    modality: ct
    patient: key
    labels: [{kind: constant, label: liver}]
""",
    "a key of its own": """  - images: "images/{folder}/p{number}_{label}.png"
    modality: "{folder}"
    key: "100% {label}/{number}"
    patient: "{number=3}"
    about: {site: "{part}", age: "{number=2}"}
    labels: [{kind: path, names: {"liver": liver}}]
""",
    "several entries": """  - images: "images/a/{key}.png"
    modality: ct
    patient: all of "a"
    labels: [{kind: constant, label: liver}]
  - images: "images/{folder}/{key}.png"
    modality: mri
    labels: [{kind: constant, label: liver}]
""",
    "masks": """  - images: "images/{folder}/{key}.png"
    modality: ct
    labels: [{kind: masks, file: "masks/{folder}/{key}-{label}.png"}]
""",
    "masks of another prefix": """  - images: "images/{folder}/{key}.png"
    modality: ct
    labels: [{kind: masks, file: "recipe:masks/{folder}/{key}-{label}.png"}]
""",
}
Counted = list[str]


def source_of(home: Path, entries: str) -> Source:
    (home / "recipe.yaml").write_text(HEAD + entries, "utf-8")
    problems = Problems(home)
    recipe, _ = collect(home / "recipe.yaml", Recipe, problems)
    problems.raise_any()
    assert recipe is not None
    return Source("many % \u00e9", home, home / "recipe.yaml", recipe)


def listed(home: Path, source: Source, readers: Plugins | None = None) -> SourceFiles:
    roots = {"": home / "data", "recipe": home}
    return find_files(source, roots, readers or plugins.readers(), Digests(home / "digests"))


def write(home: Path) -> None:
    """Write pictures, most of them with masks: of `{key}-{label}.png` some are nearly of another picture."""
    for number, name in enumerate(NAMES):
        picture = home / "data/images" / name
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(name.encode())
        for label in ("liver", "spleen-x", "é", "no.png")[: number % 5]:
            for top in ("data/masks", "masks"):
                mask = home / top / f"{name[:-4]}-{label}.png"
                mask.parent.mkdir(parents=True, exist_ok=True)
                mask.write_bytes(f"{name} {label} {top}".encode())


@pytest.mark.parametrize("entries", RECIPES.values(), ids=RECIPES)
def test_digests_are_those_of_the_values_of_units(tmp_path: Path, entries: str) -> None:
    """Each digest is computed here from a unit and the bytes of files that its own search finds."""
    write(tmp_path)
    source = source_of(tmp_path, entries)
    found = listed(tmp_path, source)
    assert len(found.units) > 3
    files: dict[Path, str] = {}
    for place, unit in enumerate(found.units):
        own = [unit.path]
        for labels in unit.samples.labels:
            own += [path for path, _ in unit.find(labels.file)] if labels.kind == "masks" else []
        assert list(found.file_digests.files(place)) == own
        sums = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in own}
        files |= sums
        about = (
            unit.entry, unit.key, unit.part, unit.fields, unit.modality, unit.family, unit.patient, unit.about,
        )  # fmt: skip
        entry = fingerprint(source.recipe.samples[unit.entry].model_dump(mode="json"))
        shown = {unit.show(path): sha256 for path, sha256 in sums.items()}
        assert found.sample_digests[unit.sample] == fingerprint(entry, about, [], shown)
    assert dict(found.file_digests.items()) == files
    joined = {n: d.hex() for each in found.file_digests.batches(3) for n, d in each.items()}
    assert joined == {str(path): sha256 for path, sha256 in files.items()}
    subjects = sorted((r.subject, r.reason, r.detail) for r in found.rejected)
    assert found.digest == fingerprint(sorted(found.sample_digests.items()), subjects)


@pytest.mark.parametrize("few", [1, 3, 100])
def test_names_that_are_out_of_order_are_sorted_as_a_column(
    tmp_path: Path, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed_digests, "FEW_SAMPLES", few)
    write(tmp_path)
    found = listed(tmp_path, source_of(tmp_path, RECIPES["a placeholder of the key"]))
    names = list(found.sample_digests)
    assert names != sorted(names)
    subjects = sorted((r.subject, r.reason, r.detail) for r in found.rejected)
    assert found.digest == fingerprint(sorted(found.sample_digests.items()), subjects)


def test_families_of_modalities_that_differ_by_folder(tmp_path: Path) -> None:
    write(tmp_path)
    found = listed(tmp_path, source_of(tmp_path, RECIPES["a key of its own"]))
    assert {unit.modality for unit in found.units} == {"a", "b"}


SEARCHES = [
    ("masks/{folder}/{key}-{label}.png", {"folder": "a", "key": "p1_liver"}),
    ("masks/{folder}/{key}-{label}.png", {"folder": "b", "key": "p{x}_*"}),
    ("masks/{folder}/{key}-{label}.png", {"folder": "b", "key": "pe\u0301_x"}),
    ("masks/{folder}/{key}-*.png", {"folder": "b", "key": "p%d_é"}),
    ("masks/{folder}/{key}-{label=letters}.png", {"folder": "b", "key": "p05_liver"}),
    ("masks/{folder}/{key}.png", {"folder": "a", "key": "p1_spleen-liver"}),
    ("masks/{folder}/{key}.png", {"folder": "a", "key": "P1_spleen-liver"}),
    ("masks/{any}/{key}-{label}.png", {"key": "p1_liver"}),
    ("masks/A/{key}-{label}.png", {"key": "p1_liver"}),
    ("masks/{folder}/{label}.png", {"folder": "b"}),
    ("masks/{folder}/p{n=2}_{label}.png", {"folder": "b", "n": "5"}),
    ("masks/{folder}/{key}-{label}", {"folder": "b", "key": "p05_liver"}),
    ("links/{key}-{label}.png", {"key": "x"}),
    ("links/{key}-in.png", {"key": "x"}),
    ("links/{key}-out.png", {"key": "x"}),
    ("none/{key}-{label}.png", {"key": "x"}),
    ("scans/{key}.{label}.nii.gz", {"key": "v"}),
    ("scans/{key}.nii.gz", {"key": "v.one"}),
    ("scans/{key}{label}.tif", {"key": "v."}),
    ("scans/{key}{label}.jpg", {"key": "v."}),
]


@pytest.mark.parametrize(("pattern", "fields"), SEARCHES)
def test_a_filled_search_finds_what_a_search_finds(
    tmp_path: Path, pattern: str, fields: Mapping[str, str]
) -> None:
    write(tmp_path)
    root = tmp_path / "data"
    for name in ("links", "scans"):
        (root / name).mkdir()
    (root / "links/x-is.png").write_bytes(b"")
    (root / "links/x-in.png").symlink_to(root / "masks/a/p1_spleen-liver.png")
    (root / "links/x-out.png").symlink_to(tmp_path / "recipe.yaml")
    (root / "links/x-folder.png").mkdir()
    for name in ("v.one.nii.gz", "v.ONE.NII.GZ", "v.ome.tif", "v.a.tiff", "v.b.JPEG", "v..jpg"):
        (root / "scans" / name).write_bytes(b"")
    (tmp_path / "recipe.yaml").write_text("")
    wanted = path_patterns.find(root, path_patterns.fill(pattern, fields))
    search = FilledSearch(root, pattern)
    for _ in range(2):  # what it remembers of a folder changes nothing
        found = [(path, dict(own)) for path, own in search.find(fields)]
        assert found == [(str(match.path), dict(match.fields)) for match in wanted]


@pytest.mark.parametrize("pattern", ["a/p{n}_liver.png", "{f}/P{n}_{l}.png", "{f}/", "a/p_{n}.png"])
def test_a_walk_leaves_what_misses_have_to_judge(tmp_path: Path, pattern: str) -> None:
    write(tmp_path)
    root = tmp_path / "data/images"
    (root / "a/P9_liver.png").write_bytes(b"")
    (root / "a/p_folder.png").mkdir()
    (root / "a/p8_liver.png").symlink_to(root / "none")
    (root / "a/p_link.png").symlink_to(tmp_path)
    walk = Walk(root, pattern, keep_left=True)
    assert len(list(walk)) == len(path_patterns.find(root, pattern))
    assert path_misses.misses(root, pattern, walk.left) == path_misses.misses(root, pattern)


def test_no_path_and_no_unit_is_made_of_an_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of 600 images with two masks each makes fewer path objects than it has folders and patterns times ten.

    Each file is looked at once, and opened only while its digest is not known.
    """
    for number in range(600):
        for folder, tail in (("images", ""), ("masks", "-liver"), ("masks", "-spleen")):
            path = tmp_path / "data" / folder / f"{number % 3}" / f"k{number:03}{tail}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"{path}".encode())
    for folder in (tmp_path / "data").rglob("*/"):
        os.utime(folder, (1, 1))  # a folder that changed just now is listed for each image
    source = source_of(tmp_path, RECIPES["masks"])
    readers = plugins.readers()
    digests = Digests(tmp_path / "digests")
    roots = {"": tmp_path / "data", "recipe": tmp_path}
    opened: Counted = []
    hashed = hashlib.file_digest
    monkeypatch.setattr(
        hashlib, "file_digest", lambda file, name: opened.append(file.name) or hashed(file, name)
    )
    monkeypatch.setattr(file_digests, "YOUNG_NS", 0)
    first = find_files(source, roots, readers, digests)
    digests.save()
    digests = Digests(tmp_path / "digests")
    assert len(opened) == len(set(opened)) == 1800
    paths: Counted = []
    looks: Counted = []
    new, stat = Path.__new__, os.stat

    def made(cls: type[Path], *words: object) -> Path:
        paths.append(str(words))
        return new(cls, *words)  # type: ignore[arg-type]

    def looked(name: str, **how: bool) -> os.stat_result:
        looks.append(os.fspath(name))
        return stat(name, **how)

    opened.clear()
    monkeypatch.setattr(Path, "__new__", made)
    monkeypatch.setattr(os, "stat", looked)
    monkeypatch.setattr("benchsmith.stages.entry_images.Unit", None)
    again = find_files(source, roots, readers, digests)
    monkeypatch.undo()
    assert again.digest == first.digest
    assert not opened
    assert len(paths) < 200
    assert len([name for name in looks if name.endswith(".png")]) == 1800


def test_the_largest_come_first_and_equal_ones_by_key(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "data/images/b/p05_liver.png").write_bytes(bytes(5000))
    units = listed(tmp_path, source_of(tmp_path, RECIPES["a key of folders"])).units
    ordered, memory = largest_first(units)
    sizes = {u.key: u.path.stat().st_size * unit_memory.COMPRESSION_FACTOR for u in units}
    assert [u.key for u in ordered] == sorted(sizes, key=lambda key: (-sizes[key], key))
    assert memory == unit_memory.WORKER_BYTES + unit_memory.PEAK_FACTOR * max(sizes.values())


def test_digests_of_many_names_are_those_of_each(tmp_path: Path) -> None:
    files = [tmp_path / f"{n}" for n in range(50)]
    for n, path in enumerate(files):
        path.write_bytes(bytes([n]))
    digests = Digests(tmp_path / "cache")
    wanted = [hashlib.sha256(path.read_bytes()).digest() for path in files]
    for _ in range(2):
        assert digests.of_names([str(path) for path in files]) == b"".join(wanted)
        digests.save()
        digests = Digests(tmp_path / "cache")
    files[7].write_bytes(b"other")
    wanted[7] = hashlib.sha256(b"other").digest()
    assert digests.of_names([str(path) for path in files]) == b"".join(wanted)
    files[7].unlink()
    with pytest.raises(FileNotFoundError):
        digests.of_names([str(path) for path in files])
