"""A label says no more than its source: no organ that word, title, modality and other words do not state."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from benchsmith.annotations import yolo
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.library import Library
from benchsmith.documents.stated_sites import Stated, stated, stated_site
from benchsmith.stages.added_sites import AddedSites
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.resolved_word import Resolved, not_taken
from benchsmith.text.laterality import take_side
from benchsmith.text.normal_form import normal
from tests.shipped_documents import shipped_library

WORDS = Path(__file__).parent / "site_words.tsv"
NONE = "none"


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


@pytest.fixture(scope="module")
def lexicon(library: Library) -> Lexicon:
    return replace(library.lexicon, mappings={})


def resolved(
    library: Library, lexicon: Lexicon, title: str, pairs: list[tuple[str, str]]
) -> list[Resolved]:
    """Resolve words, each with its modality, as those of a source with a title and nothing else."""
    recipe = library.sources["kits23"].recipe.model_copy(
        update={"title": title, "note": "", "samples": ()}
    )
    said = Stated(stated_site(recipe, "x"), whole=True)
    normaliser = Normaliser(lexicon, {"x": said})
    normaliser.hear("x", pairs)
    return [normaliser.resolve(raw, "x", modality) for raw, modality in pairs]


def test_each_word_has_the_label_that_its_source_states(library: Library, lexicon: Lexicon) -> None:
    """The right answers were written before the words were resolved; half of the words stay unknown."""
    groups: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    with WORDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            groups[row["title"]].append((row["raw"], row["modality"], row["label"]))
    wrong = []
    right: dict[bool, int] = defaultdict(int)
    for title, rows in groups.items():
        found = resolved(library, lexicon, title, [(raw, modality) for raw, modality, _ in rows])
        for (raw, _, label), how in zip(rows, found, strict=True):
            assert label == NONE or label in lexicon.labels, label
            if (how.label or NONE) == label:
                right[label == NONE] += 1
            else:
                wrong.append((title, raw, label, how))
    assert not wrong, "\n".join(map(str, wrong))
    assert min(right[True], right[False]) >= 30


def test_no_name_of_a_label_adds_to_itself(lexicon: Lexicon) -> None:
    """A label's own name is never refused for a site; that of a synonym with the site in it neither."""
    added = AddedSites(lexicon)
    for term in lexicon.labels:
        assert not added.added(normal(term.name), term), term.id
    polyp = lexicon.labels["polyp-of-digestive-tract"]
    assert added.added("polyp", polyp) == {"digestive"}
    assert not added.added("gastrointestinal polyp", polyp)


@pytest.mark.parametrize(
    ("word", "label", "expansion", "open_"),
    [
        ("rcc", "renal-cell-carcinoma", "renal cell carcinoma", ""),
        ("tb", "pulmonary-tuberculosis", "pulmonary tuberculosis", "lung"),
        ("pz", "peripheral-zone-of-prostate", "peripheral zone of prostate", "prostate"),
        ("la", "heart-atrium", "left heart atrium", ""),
        ("callosity", "callus-of-skin", "", ""),
        ("cutis", "skin", "", ""),
        ("well defined mass", "circumscribed-breast-mass", "", "breast"),
        ("gtvp", "primary-head-and-neck-tumor", "", "head neck"),
        ("copd", "chronic-obstructive-pulmonary-disease", "", ""),
        ("caries", "dental-caries", "", ""),
        ("chiasm", "optic-chiasm", "", ""),
        ("disc", "optic-disc", "optic disc", "optic"),
    ],
)  # fmt: skip
def test_what_a_word_leaves_open(
    lexicon: Lexicon, word: str, label: str, expansion: str, open_: str
) -> None:
    found = AddedSites(lexicon).added(word, lexicon.labels[label], expansion)
    assert found == set(open_.split())


def test_neither_the_order_of_words_nor_of_sources_matters(
    library: Library, lexicon: Lexicon
) -> None:
    pairs = [
        (w, "x-ray") for w in ("infiltrate", "cardiomegaly", "pneumothorax", "pleural effusion")
    ]
    one = resolved(library, lexicon, "Radiographs", pairs)
    other = resolved(library, lexicon, "Radiographs", pairs[::-1])
    assert one == other[::-1]
    assert one[0].label == "pulmonary-infiltration"
    alone = resolved(library, lexicon, "Radiographs", pairs[:2])
    assert not alone[0].label, "one other word is no majority"


def test_a_signed_row_and_an_abbreviation_of_the_source_are_not_judged(library: Library) -> None:
    """Only what the lexicon says of all sources is."""
    lexicon = library.lexicon
    row = next(iter(lexicon.mappings["brain-tumor-mri"].values()))
    mapped = replace(row, label="polyp-of-digestive-tract", relation="exact")
    short = replace(lexicon.abbreviations["ulcer"][0], sources=("larynx",))
    own = replace(
        lexicon,
        mappings={"larynx": {"polyp": mapped}},
        abbreviations={**lexicon.abbreviations, "ulcer": (short,)},
    )
    normaliser = Normaliser(own)
    assert normaliser.resolve("polyp", "larynx", "endoscopy").label == "polyp-of-digestive-tract"
    assert normaliser.resolve("ulcer", "larynx", "endoscopy").label == "ulcer-of-digestive-tract"
    assert not normaliser.resolve("ulcer", "pharynx", "endoscopy").label


def test_what_is_not_taken_says_the_label_and_why(library: Library, lexicon: Lexicon) -> None:
    (found,) = resolved(library, lexicon, "Endoscopy of the larynx", [("polyp", "endoscopy")])
    assert found.reason == "unmapped-label"
    assert not_taken(found) == (
        "polyp-of-digestive-tract",
        "adds digestive, which the source does not state",
    )
    assert not_taken(found._replace(decided_at="")) is None


def test_an_organ_beside_diseases_of_whole_pictures_is_a_disease_of_it(
    library: Library, lexicon: Lexicon
) -> None:
    """But it is the organ where it is marked, beside other organs, and beside diseases of others."""
    words = [(w, "mri") for w in ("glioma", "meningioma", "pituitary")]
    marked = Normaliser(lexicon, {"x": Stated(frozenset(), whole=False)})
    marked.hear("x", words)
    assert marked.resolve("pituitary", "x", "mri").label == "pituitary-gland"
    whole = Stated(frozenset(), whole=True)
    for others in (
        ["hippocampus", "thalamus"],
        ["glioma", "hippocampus"],
        ["psoriasis", "melanoma"],
    ):
        normaliser = Normaliser(lexicon, {"x": whole})
        normaliser.hear("x", [(w, "mri") for w in (*others, "pituitary")])
        assert normaliser.resolve("pituitary", "x", "mri").label == "pituitary-gland", others
    normaliser = Normaliser(lexicon, {"x": whole})
    normaliser.hear("x", words)
    assert not_taken(normaliser.resolve("pituitary", "x", "mri")) == (
        "pituitary-gland",
        "is no disease like the source's other labels, as pituitary-tumor is",
    )


def test_a_recipe_of_whole_pictures_is_distinguished_from_one_of_marks(library: Library) -> None:
    for source, whole in (("brain-tumor-mri", True), ("kits23", False), ("nih-chestxray14", True)):
        assert stated(library.sources[source].recipe, source).whole == whole


@pytest.mark.parametrize("word", ["left spine", "spine left", "iliac spine L", "erector spinae L"])
def test_a_side_in_full_stays_a_side(word: str) -> None:
    assert take_side(normal(word)).side == "left"
    assert not take_side("l spine").side


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("1 nodule\n2 mass\n", {1: "nodule", 2: "mass"}),
        ("0: nodule\n1: mass\n5: cyst\n", {0: "nodule", 1: "mass", 5: "cyst"}),
        ("1. nodule\n2. mass\n", {1: "nodule", 2: "mass"}),
        ("nodule\nmass\n", {0: "nodule", 1: "mass"}),
        ("1 nodule\nmass\n", {0: "1 nodule", 1: "mass"}),
        ("2 nodule\n1 mass\n", {0: "2 nodule", 1: "1 mass"}),
        ("1 nodule\n1 mass\n", {0: "1 nodule", 1: "1 mass"}),
        ("3 vessel disease\n4 chamber view\n", {0: "3 vessel disease", 1: "4 chamber view"}),
        ("1 vessel disease\n2 vessel disease\n", {0: "1 vessel disease", 1: "2 vessel disease"}),
        ("1st molar\n2nd molar\n", {0: "1st molar", 1: "2nd molar"}),
        ("1\n2\n", {0: "1", 1: "2"}),
        ("1 nodule\n", {0: "1 nodule"}),
    ],
)  # fmt: skip
def test_a_rising_number_before_every_class_is_its_id(
    tmp_path: Path, lines: str, names: dict[int, str]
) -> None:
    path = tmp_path / "classes.txt"
    path.write_text(lines)
    assert yolo.names_in(path) == names
