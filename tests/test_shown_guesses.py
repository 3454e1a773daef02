"""Drafts of mappings: what is not sure is shown, the likeliest labels first, and not filled in."""

from __future__ import annotations

import pytest

from benchsmith.documents.library import Library
from benchsmith.drafting.mappings.label_guesses import Guesser
from benchsmith.drafting.mappings.label_use import LabelUse
from benchsmith.drafting.mappings.source_scope import Scope, scope_of
from tests.shipped_documents import shipped_library
from tests.test_word_guesses import first

SHOWN = 3


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


@pytest.fixture(scope="module")
def guesser(library: Library) -> Guesser:
    return Guesser(library.lexicon)


def about(library: Library, title: str, modality: str, known: tuple[str, ...] = ()) -> Scope:
    """Return the scope of a source that has a title, a modality and labels that are known."""
    recipe = library.sources["kits23"].recipe.model_copy(update={"title": title, "note": ""})
    return scope_of(recipe, "x", [], known, library.lexicon, [modality])


@pytest.mark.parametrize(
    ("word", "title", "modality", "label"),
    [
        ("G", "Retinal diseases", "fundus-photography", "glaucoma"),
        ("N", "Retinal diseases", "fundus-photography", "normal-fundus"),
        ("Eosi", "Blood cells", "microscopy", "eosinophil"),
        ("neut", "Blood cells", "microscopy", "neutrophil"),
        ("ig", "Blood cells", "microscopy", "immature-granulocyte"),
        ("NO", "Retinal diseases", "oct", "normal-retina-in-oct"),
        ("mask", "Chest radiographs: lung fields", "x-ray", "lung"),
        ("leftMask", "Chest radiographs: lung fields", "x-ray", "lung"),
        ("GTV", "Radiotherapy of meningioma", "mri", "meningioma"),
        ("Anterior", "Hippocampus", "mri", "anterior-hippocampus"),
        ("disc 7 from below", "Lumbar spine", "mri", "intervertebral-disc"),
        ("adenocarcinoma, poorly differentiated", "Lung", "histopathology", "lung-adenocarcinoma"),
    ],
)
def test_a_word_that_says_little_is_shown_what_the_source_is_about(
    library: Library, guesser: Guesser, word: str, title: str, modality: str, label: str
) -> None:
    _, found = first(guesser, word, about(library, title, modality))
    assert label in [g.label for g in found if g.label][:SHOWN], found[:6]


@pytest.mark.parametrize("word", ["G", "Eosi", "mask", "GTV", "tumor", "target"])
def test_a_word_that_says_little_is_not_filled_in_where_nothing_is_known(
    library: Library, guesser: Guesser, word: str
) -> None:
    chosen, found = first(guesser, word, about(library, "Some pictures", "ct"))
    assert chosen is None, found[:3]


@pytest.mark.parametrize(
    ("word", "title", "modality", "label"),
    [
        ("Right Calc calcarine cortex", "Brain atlas", "mri", "calcarine-cortex"),
        ("XR_ELBOW", "Bones of the upper limb", "x-ray", "elbow"),
        ("Eczema Photos", "Skin diseases", "clinical-photography", "eczema"),
    ],
)
def test_a_code_beside_its_name_and_a_word_for_the_picture_say_nothing_more(
    library: Library, guesser: Guesser, word: str, title: str, modality: str, label: str
) -> None:
    chosen, found = first(guesser, word, about(library, title, modality))
    assert chosen is not None and chosen.label == label, found[:3]


@pytest.mark.parametrize("word", ["no nodule", "not glaucoma", "no elbow"])
def test_a_negation_is_no_code_of_a_name(library: Library, guesser: Guesser, word: str) -> None:
    chosen, found = first(guesser, word, about(library, "Some pictures", "x-ray"))
    assert chosen is None or "no-" in chosen.label, found[:3]


def test_use_counts_the_sources_of_a_label_and_not_its_own(library: Library) -> None:
    """Counted a second time, from the signed rows."""
    lexicon, use = library.lexicon, LabelUse(library.lexicon)
    for label in ("liver", "glaucoma", "no-glaucoma", "tungiasis"):
        sources = {
            source
            for source, rows in lexicon.mappings.items()
            if any(row.label == label for row in rows.values())
        }
        assert use.count(label, "") == len(sources)
        for source in sources:
            assert use.count(label, source) == len(sources) - 1


def test_a_label_that_another_word_has_comes_later(library: Library, guesser: Guesser) -> None:
    """Two guesses as good change places once the first one's label is another word's already."""

    def order(known: tuple[str, ...]) -> list[str]:
        scope = about(library, "Blood cells", "microscopy", known)
        _, found = first(guesser, "mono", scope)
        return [g.label for g in found if g.label]

    free, taken = order(()), order(("monocyte",))
    assert free.index("monocyte") < free.index("monoblast")
    assert taken.index("monocyte") > taken.index("monoblast")


def test_cervical_is_of_the_uterus_only_where_nothing_is_of_the_neck(library: Library) -> None:
    assert "pelvis" in about(library, "Cervical cells", "microscopy").areas
    assert "pelvis" not in about(library, "Cervical spine fractures", "ct").areas
