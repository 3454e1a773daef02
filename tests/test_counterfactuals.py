"""Counterfactual questions: what is right in an altered picture, found again from pixels and masks."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image
import pyarrow.parquet as pq
import pytest

from benchsmith import plugins
from benchsmith.core.alteration import ERASE, MIRROR, Alteration, Place
from benchsmith.core.model import Choice, Question
from benchsmith.counterfactual import alterations
from benchsmith.counterfactual.altered_view import AlteredView, NoTruth
from benchsmith.counterfactual.asked_unit import AskedUnit
from benchsmith.counterfactual.scene import Scenes
from benchsmith.counterfactual.truth_rules import RULES, truth_of
from benchsmith.documents import library
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.benchmark import read as read_benchmark
from benchsmith.stages.normaliser import Resolved
from benchsmith.stages.option_rules import OptionRules
from benchsmith.tables import record_tables
from tests import twice
from tests.command import benchsmith
from tests.conftest import Project, once

NAMES = {value: organ[0].partition("_")[0] for value, organ in twice.ORGANS.items()}
"""The label of each value of the phantoms' masks, as options spell it."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a built project with counterfactuals; tests must not change it."""

    def build(folder: Path) -> None:
        twice.write(folder)
        for name in ("erased", "plain"):
            kinds = "[erase]" if name == "erased" else "[]"
            text = (folder / "benchmarks/twice.yaml").read_text("utf-8")
            text = text.replace("[erase, move, mirror, turn, shift]", kinds)
            (folder / f"benchmarks/{name}.yaml").write_text(text, encoding="utf-8")
        for name in ("twice", "erased", "plain"):
            benchsmith("build", name, "--workers", "1", folder=folder)

    return Project(once(tmp_path_factory, "twice", build))


Row = dict[str, Any]


def cases(project: Project, name: str) -> list[Row]:
    """Return the published cases with their provenance."""
    return project.published(name)


def pairs(project: Project, name: str, kind: str) -> list[tuple[Row, Row]]:
    """Return the pairs of one kind: original and altered case."""
    rows = cases(project, name)
    originals = {r["pair"]: r for r in rows if r["pair"] and not r["altered"]}
    return [(originals[r["pair"]], r) for r in rows if r["altered"] == kind]


def pixels(row: Row) -> np.ndarray:
    return np.asarray(PIL.Image.open(io.BytesIO(row["image"]["bytes"]))).astype(int)


@pytest.fixture(scope="module")
def planes(project: Project) -> dict[str, np.ndarray]:
    """Return the phantoms' label volumes (z, y, x) by the public id of their image, read by nibabel."""
    found = {}
    shown = {r["image_sha256"]: r["sample"] for r in cases(project, "twice")}
    import hashlib

    for case in twice.LACKS:
        data = project.folder / "raw_sources/abdomen/data"
        digest = hashlib.sha256((data / f"images/{case}.nii.gz").read_bytes()).hexdigest()
        volume = np.asarray(nib.load(data / f"labels/{case}.nii.gz").dataobj)
        if digest in shown:
            found[shown[digest]] = volume.T
    return found


def labels_under(row: Row, mark: np.ndarray, planes: dict[str, np.ndarray]) -> Counter[int]:
    """Return how many pixels of a mark, (rows, columns) of bool, lie on each value of the masks."""
    plane = planes[row["sample"]][row["plane_index"]]
    y, x = np.nonzero(mark)
    scale = mark.shape[0] / plane.shape[0]
    values = plane[(y / scale).astype(int), (x / scale).astype(int)]
    return Counter(values.tolist())


@pytest.mark.parametrize("kind", ["move", "shift"])
def test_a_moved_mark_lies_on_what_is_right_now(
    project: Project, planes: dict[str, np.ndarray], kind: str
) -> None:
    found = [p for p in pairs(project, "twice", kind) if p[1]["granularity"] == "mask"]
    assert len(found) > 2
    for original, altered in found:
        before, after = pixels(original), pixels(altered)
        # the tint adds red and takes blue: what is tinted now and was not before is the new mark
        gained = (after - before)[:, :, 0] - (after - before)[:, :, 2]
        (value, most), *_ = labels_under(altered, gained > 20, planes).most_common(1)
        assert NAMES[value] == altered["label"] != original["label"]
        assert most > 0.9 * (gained > 20).sum()
        assert altered["answer"] == "ABCDEFG"[altered["options"].index(NAMES[value])]
        assert (before == after).all(axis=2).mean() > 0.5  # nothing but the marks is another


def test_a_shifted_mark_keeps_its_shape(project: Project) -> None:
    for original, altered in pairs(project, "twice", "shift"):
        told = json.loads(altered["alteration"])
        if altered["granularity"] == "mask":
            before, after = pixels(original), pixels(altered)
            gap = (after - before)[:, :, 0] - (after - before)[:, :, 2]
            old, new = gap < -20, gap > 20
            moved = np.roll(old, (2 * told["dy"], 2 * told["dx"]), (0, 1))
            assert (moved != new).sum() < 0.1 * old.sum()


def test_a_mirrored_picture_has_the_same_pixels(project: Project) -> None:
    found = pairs(project, "twice", "mirror")
    assert {o["granularity"] for o, _ in found} == {"box", "mask", "contour", "image"}
    for original, altered in found:
        assert (pixels(original)[:, ::-1] == pixels(altered)).all()
        assert original["label"].split("; ").sort() == altered["label"].split("; ").sort()


def test_a_turned_picture_has_the_same_pixels(project: Project) -> None:
    turns = Counter()
    for original, altered in pairs(project, "twice", "turn"):
        same = [
            k for k in (1, 2, 3) if np.array_equal(np.rot90(pixels(original), k), pixels(altered))
        ]
        assert same
        turns[same[0]] += 1
        assert sorted(original["label"].split("; ")) == sorted(altered["label"].split("; "))
    assert len(turns) > 1


def test_what_is_painted_out_is_no_answer_any_more(
    project: Project, planes: dict[str, np.ndarray]
) -> None:
    found = [p for p in pairs(project, "erased", "erase") if p[0]["answers"] == "several"]
    assert len(found) > 4
    for original, altered in found:
        (gone,) = set(original["label"].split("; ")) - set(altered["label"].split("; "))
        changed = (pixels(original) != pixels(altered)).any(axis=2)
        plane = planes[altered["sample"]][altered["plane_index"]]
        under = labels_under(altered, changed, planes)
        values = {v for v in under if v and under[v] > 0.02 * changed.sum()}
        assert {NAMES[v] for v in values} == {gone}
        # all of it is painted over, and what is left is all that was right before
        assert all(under[v] > 0.9 * 4 * (plane == v).sum() for v in values)
        there = {NAMES[v] for v in np.unique(plane).tolist() if v} - {gone}
        assert set(altered["label"].split("; ")) == there & set(altered["options"])
        # an organ is brighter than what it lies in; what was painted in is not
        bright = pixels(original)[changed].mean() - pixels(altered)[changed].mean()
        assert bright > 20


def test_words_options_and_split_are_those_of_the_original(project: Project) -> None:
    rows = cases(project, "twice")
    originals = {r["pair"]: r for r in rows if r["pair"] and not r["altered"]}
    altered = [r for r in rows if r["altered"]]
    assert len(altered) > 80
    assert Counter(r["pair"] for r in altered).most_common(1)[0][1] == 1
    for row in altered:
        one = originals[row["pair"]]
        for name in ("question", "split", "group", "granularity", "task", "modality", "answers"):
            assert row[name] == one[name]
        assert sorted(row["options"]) == sorted(one["options"])
        assert row["mirror"] is None
        assert row["target"] != one["target"]


def test_each_label_is_gained_as_often_as_it_is_lost(project: Project) -> None:
    rows = cases(project, "twice")
    originals = {r["pair"]: r for r in rows if r["pair"] and not r["altered"]}
    changed = [r for r in rows if r["altered"] in ("move", "shift")]
    lost = Counter((r["pool"], r["granularity"], originals[r["pair"]]["label"]) for r in changed)
    gained = Counter((r["pool"], r["granularity"], r["label"]) for r in changed)
    assert lost == gained
    # each place of the key is as frequent among the counterfactuals, up to one
    for view in ("box", "mask", "contour"):
        own = [r for r in rows if r["altered"] and r["granularity"] == view]
        for pool in {(r["pool"], len(r["options"])) for r in own}:
            places = Counter(r["answer"] for r in own if (r["pool"], len(r["options"])) == pool)
            counts = [places["ABCDEFG"[i]] for i in range(pool[1])]
            assert max(counts) - min(counts) <= 1


def test_without_the_key_nothing_is_another(project: Project) -> None:
    plain = {r["id"]: r for r in cases(project, "plain")}
    twice_ = {r["id"]: r for r in cases(project, "twice") if not r["altered"]}
    assert plain.keys() == twice_.keys()
    assert all("pair" not in r and "alteration" not in r for r in plain.values())
    for id_, row in plain.items():
        assert all(twice_[id_][k] == v for k, v in row.items() if k != "build")


def test_bytes_do_not_depend_on_workers(project: Project, tmp_path: Path) -> None:
    other = Project(twice.write(tmp_path / "project"))
    other.run("build", "twice", "--workers", "2")
    for file in sorted((project.folder / "output/twice/release").rglob("*")):
        if file.is_file():
            name = file.relative_to(project.folder)
            assert (other.folder / name).read_bytes() == file.read_bytes(), name


def test_explain_tells_what_was_done(project: Project) -> None:
    (row, *_) = [r for _, r in pairs(project, "twice", "shift") if r["granularity"] == "box"]
    told = json.loads(row["alteration"])
    said = project.run("explain", row["id"], "--benchmark", "twice")
    assert f"altered shift by {told['dx']} columns and {told['dy']} rows" in said
    assert "twice / tag" in said  # the target of the original is traced too
    original = next(o for o, r in pairs(project, "twice", "shift") if r["id"] == row["id"])
    assert "~shift:box" in project.run("explain", original["id"], "--benchmark", "twice")


def test_report_card_and_croissant_tell_of_pairs(project: Project) -> None:
    release = project.folder / "output/twice/release"
    page, card = ((release / n).read_text("utf-8") for n in ("report.html", "README.md"))
    moved = len(pairs(project, "twice", "move"))
    assert 'id="pairs"' in page
    assert f"| `move` | the mark is moved to another structure | {moved} | {moved} |" in card
    fields = json.loads((release / "croissant.json").read_text("utf-8"))["recordSet"][1]["field"]
    assert [f["@id"] for f in fields[-2:]] == ["cases/pair", "cases/altered"]
    for name in ("report.html", "README.md", "croissant.json"):
        without = (project.folder / "output/plain/release" / name).read_text("utf-8")
        assert "ounterfactual" not in without


def test_a_subset_keeps_whole_pairs_and_lone_questions(project: Project, tmp_path: Path) -> None:
    project.run("subset", "label=liver", "--from", "twice", "--to", str(tmp_path / "cut"))
    rows = [r for f in (tmp_path / "cut/data").glob("*") for r in pq.read_table(f).to_pylist()]
    assert {r["label"] for r in rows if r["answers"] == "one"} == {"liver"}
    sizes = Counter(r["pair"] for r in rows if r["pair"])
    assert sizes and set(sizes.values()) == {2}
    # the mark of a spleen that lies on the liver is a question of its own
    assert any(r["altered"] == "move" and not r["pair"] for r in rows)


def test_targets_are_counted_once(project: Project) -> None:
    counts = {}
    for name in ("twice", "plain"):
        found = json.loads((project.folder / f"output/{name}/release/validity.json").read_bytes())
        counts[name] = found["headline"]["targets"]
    assert counts["twice"] == counts["plain"]


def test_a_drop_on_review_draws_another_kind(project: Project, tmp_path: Path) -> None:
    copy = project.copy(tmp_path / "project")
    asked = copy.folder / "output/twice/latest.json"
    key = json.loads(asked.read_bytes())["ask"]["all"]
    rows = pq.read_table(copy.folder / f"output/twice/stages/ask/{key}/rows.parquet").to_pylist()
    question = next(r["id"] for r in rows if r["id"].endswith("~mirror:box"))
    target = question.rpartition(":")[0]
    line = [target, question, "drop", "poor-picture", "", "me", "2026-01-31T09:00:00Z", "", ""]
    (copy.folder / "reviews").mkdir(exist_ok=True)
    header = ["target", "question", "decision", "reason", "answered", "who", "time", "seen", "note"]
    text = "\n".join("\t".join(cells) for cells in (header, line)) + "\n"
    (copy.folder / "reviews/twice.tsv").write_text(text)
    copy.run("build", "twice", "--workers", "1")
    left = (copy.folder / "output/twice/left_out.tsv").read_text("utf-8")
    assert "review-dropped" in left
    key = json.loads(asked.read_bytes())["ask"]["all"]
    ids = set(
        pq.read_table(copy.folder / f"output/twice/stages/ask/{key}/rows.parquet")["id"].to_pylist()
    )
    original = target.removesuffix("~mirror")
    assert question not in ids
    assert {f"{original}~turn:box", f"{original}:box"} <= ids


# the mechanism, without a build


def choice_of(project: Project, wanted: str) -> Choice:
    key = json.loads((project.folder / "output/twice/latest.json").read_bytes())["select"]["all"]
    path = project.folder / f"output/twice/stages/select/{key}/rows.parquet"
    return next(
        c
        for c in record_tables.from_table(record_tables.read(path), Choice)
        if c.id.startswith(wanted)
    )


def benchmark_of(project: Project) -> Benchmark:
    return read_benchmark(project.folder / "benchmarks/twice.yaml")


def unit_of(choice: Choice, options: tuple[str, ...], view: str = "mask") -> AskedUnit:
    question = Question(
        id=f"{choice.id}:{view}", target=choice.id, source=choice.source, sample=choice.sample,
        split="test", view=view, task=choice.task, department="", modality="ct",
        label=choice.label, stem_at="", question="What?", options=options, option_labels=options,
        answers=(options.index(choice.label),) if choice.label in options else (0,),
        pool="p", pool_size=3, several=False, mirror="",
    )  # fmt: skip
    return AskedUnit(f"{choice.id}:{view}", choice, (question,))


def scenes_of(project: Project, choice: Choice) -> tuple[Scenes, alterations.Limits]:
    from benchsmith.pipeline.source_files import find_source_files
    from benchsmith.tables.file_digests import Digests

    words = library.read(project.folder)
    readers = plugins.readers()
    files = find_source_files(
        words, words.sources["abdomen"], readers, Digests(Path("/dev/null")), "leave-out"
    )
    unit = next(u for u in files.units if u.sample == choice.sample)
    image = readers.read_image(unit.path, unit.reading())
    named = {o[0]: Resolved(NAMES[v], "", "") for v, o in twice.ORGANS.items()}
    windows = plugins.windows_of("anatomy", words.lexicon.windows)
    answers = unit.annotations(image, readers)
    scenes = Scenes(unit, image, answers, {**named, "hepar": Resolved("liver", "", "")}, windows)
    return scenes, alterations.Limits(benchmark_of(project).slices, 1, {}, {})


def test_a_region_inside_another_is_painted_out_by_it(project: Project) -> None:
    choice = choice_of(project, "abdomen/a#gallbladder")
    scenes, limits = scenes_of(project, choice)
    unit = unit_of(choice, ("gallbladder", "liver", "kidney"))
    (view,) = alterations.painted_out(unit, scenes, limits)
    assert isinstance(view, AlteredView)
    assert view.shown.label == "liver"
    assert view.shown.box == choice.box
    assert view.alteration.painted == (Place(layer=choice.layer, value=8),)
    assert view.alteration.copied == Place(layer=choice.layer, value=3)
    assert "gallbladder" not in {n.name for n in view.shown.neighbours}
    # without the liver among the options, there is no truth
    (none,) = alterations.painted_out(unit_of(choice, ("gallbladder", "kidney")), scenes, limits)
    assert isinstance(none, NoTruth)


@pytest.mark.parametrize(("view", "alone"), [("image", False), ("mask", True)])
def test_a_picture_that_is_its_own_mirror_image_is_not_mirrored(
    project: Project, view: str, alone: bool
) -> None:
    """As of a symmetric template: only a mark that is elsewhere then makes it another picture."""
    choice = choice_of(project, "abdomen/a#hepar")
    scenes, limits = scenes_of(project, choice)
    unit = unit_of(choice, ("liver", "kidney"), view)
    (plain,) = alterations.mirrored(unit, scenes, limits)
    assert isinstance(plain, AlteredView)
    half = scenes.image.voxels
    scenes.image = replace(scenes.image, voxels=np.maximum(half, half[..., ::-1]))
    (found,) = alterations.mirrored(unit, scenes, limits)
    assert isinstance(found, AlteredView) == alone
    (turned,) = alterations.turned(unit, scenes, limits)
    assert isinstance(turned, AlteredView)


def context(project: Project) -> tuple[OptionRules, Any]:
    lexicon = library.read(project.folder).lexicon
    return OptionRules(lexicon, benchmark_of(project)), lexicon


def test_a_kind_of_question_needs_only_its_rules(project: Project) -> None:
    """Presence and laterality, which nothing else in the program knows."""
    options, lexicon = context(project)
    choice = replace(choice_of(project, "abdomen/a#hepar"), label="liver", neighbours=())
    view = AlteredView("u", Alteration(kind=ERASE, asked=Place(layer=0, value=3)), choice, frozenset({"liver"}))  # fmt: skip
    unit = unit_of(choice, ("yes", "no"), "mask")

    def presence(unit: AskedUnit, view: AlteredView, names: Any) -> frozenset[str]:
        return frozenset({"no" if unit.choice.label in view.gone else "yes"})

    def laterality(unit: AskedUnit, view: AlteredView, names: Any) -> frozenset[str]:
        (side,) = unit.key
        return frozenset({"right" if side == "left" else "left"})

    assert truth_of(unit, view, {ERASE: presence}, options, lexicon) == {"no"}
    kept = replace(view, gone=frozenset())
    assert truth_of(unit, kept, {ERASE: presence}, options, lexicon) == {"yes"}
    sided = unit_of(replace(choice, label="left"), ("left", "right"))
    turned = replace(view, alteration=replace(view.alteration, kind=MIRROR))
    assert truth_of(sided, turned, {MIRROR: laterality}, options, lexicon) == {"right"}
    # a kind of alteration without a rule has no truth
    assert isinstance(truth_of(sided, turned, {ERASE: presence}, options, lexicon), NoTruth)


@pytest.mark.parametrize(
    ("kind", "options", "why"),
    [
        ("mirror", ("liver", "left lung"), "when mirrored"),
        ("turn", ("liver", "supine chest"), "when turned"),
        ("mirror", ("liver", "spleen"), ""),
        ("turn", ("liver", "left lung"), ""),
    ],
)
def test_names_with_a_side_or_a_posture_have_no_truth(
    project: Project, kind: str, options: tuple[str, ...], why: str
) -> None:
    rules, lexicon = context(project)
    choice = replace(choice_of(project, "abdomen/a#hepar"), neighbours=())
    view = AlteredView("u", Alteration(kind=kind, asked=Place(layer=0, value=3)), choice)
    found = truth_of(unit_of(choice, options), view, RULES["recognition"], rules, lexicon)
    assert (why in found.detail) if isinstance(found, NoTruth) else not why


def test_an_option_that_would_be_true_as_well_is_no_wrong_one(project: Project) -> None:
    rules, lexicon = context(project)
    choice = choice_of(project, "abdomen/a#hepar")
    over = replace(choice.neighbours[0], name="spleen", in_region=0.4, in_box=0.4)
    shown = replace(choice, label="kidney", neighbours=(over,))
    view = AlteredView("u", Alteration(kind="move", asked=Place(layer=0, value=3)), shown)
    unit = unit_of(choice, ("liver", "kidney", "spleen"))
    found = truth_of(unit, view, RULES["recognition"], rules, lexicon)
    assert isinstance(found, NoTruth)
    assert "spleen" in found.detail
    clear = replace(view, shown=replace(shown, neighbours=()))
    assert truth_of(unit, clear, RULES["recognition"], rules, lexicon) == {"kidney"}
