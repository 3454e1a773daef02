"""Drafts of mappings read a source's words together: shared lists, scales of grades, counted objects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchsmith.documents.library import Library
from benchsmith.drafting.mappings import grade_numbers
from benchsmith.drafting.mappings.compound_words import rejoined
from benchsmith.drafting.mappings.label_guesses import Guesser
from benchsmith.drafting.mappings.shared_words import SignedWords
from benchsmith.drafting.mappings.source_scope import Scope, scope_of
from benchsmith.text.name_tokens import head
from tests.shipped_documents import shipped_library


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


@pytest.fixture(scope="module")
def guesser(library: Library) -> Guesser:
    return Guesser(library.lexicon)


def about(library: Library, title: str, modality: str, words: list[str]) -> Scope:
    """Return the scope of a source of which nothing is known but a title, a modality and words."""
    recipe = library.sources["kits23"].recipe.model_copy(update={"title": title, "note": ""})
    return scope_of(recipe, "x", words, [], library.lexicon, [modality], unknown=words)


def filled(guesser: Guesser, words: list[str], scope: Scope) -> dict[str, str]:
    """Return the labels that a draft fills in, by word."""
    chosen = [guesser.filled_in(found) for found in guesser.guess(words, scope)]
    return {w: c.label for w, c in zip(words, chosen, strict=True) if c is not None}


def test_a_list_of_words_means_what_it_means_in_another_source(
    library: Library, guesser: Guesser
) -> None:
    words = ["ET", "NETC", "SNFH", "RC"]
    scope = about(library, "Brain tumours", "flair-mri", words)
    assert filled(guesser, words, scope) == {
        "ET": "enhancing-brain-tumor",
        "NETC": "necrotic-brain-tumor-core",
        "SNFH": "peritumoral-edema",
        "RC": "resection-cavity-of-brain",
    }
    (found,) = guesser.guess(["SNFH"], scope)
    assert found[0].why.startswith("mapped so in brats20") and "shares" in found[0].why


def test_neither_few_words_nor_another_organ_are_a_shared_list(
    library: Library, guesser: Guesser
) -> None:
    """Two words are too few, four among twelve are another list, and a knee has no tumour core."""
    few = ["ET", "SNFH"]
    assert not filled(guesser, few, about(library, "Brain tumours", "flair-mri", few))
    words = ["ET", "NETC", "SNFH", "RC"]
    mixed = [*words, *(f"Q{letter}Z" for letter in "ABCDEFGH")]
    assert not filled(guesser, words, about(library, "Brain tumours", "flair-mri", mixed))
    assert not filled(guesser, words, about(library, "Knee joints", "x-ray", words))


def test_sources_that_differ_about_a_word_fill_nothing_in(library: Library) -> None:
    lexicon = library.lexicon
    rows = dict(lexicon.mappings["brats2024-gli"])
    rows["rc"] = replace(rows["rc"], label="peritumoral-edema")
    others = {**lexicon.mappings, "another": rows}
    scope = about(library, "Brain tumours", "flair-mri", ["ET", "NETC", "SNFH", "RC"])
    found = filled(Guesser(replace(lexicon, mappings=others)), ["RC", "SNFH"], scope)
    assert found == {"SNFH": "peritumoral-edema"}


def test_numbers_are_no_shared_words(library: Library) -> None:
    signed = SignedWords(library.lexicon)
    assert not signed.meanings(["0", "1", "2", "3", "4"], "x", lambda _: True)
    assert signed.meanings(["et", "netc", "snfh"], "x", lambda _: True)
    assert not signed.meanings(
        ["et", "netc", "snfh"], "x", lambda label: label != "peritumoral-edema"
    )


@pytest.mark.parametrize(
    ("title", "modality", "words", "label"),
    [
        ("Grades of diabetic retinopathy", "fundus-photography", "01234",
         "moderate-nonproliferative-diabetic-retinopathy"),
        ("Kellgren-Lawrence grades of knees", "x-ray", "01234",
         "kellgren-lawrence-grade-2-of-knee-osteoarthritis"),
        ("Grades of diabetic retinopathy", "fundus-photography", "0123", ""),
        ("Grades of the retina", "fundus-photography", "01234", ""),
        ("Knees", "x-ray", "01234", ""),
    ],
)  # fmt: skip
def test_numbers_are_grades_of_the_scale_that_the_title_names(
    library: Library, guesser: Guesser, title: str, modality: str, words: str, label: str
) -> None:
    found = filled(guesser, list(words), about(library, title, modality, list(words)))
    assert found.get("2", "") == label
    assert len(found) in (0, len(words))


def test_numbers_beside_the_same_words_count_objects(library: Library, guesser: Guesser) -> None:
    words = [f"hip bone fragment {n}" for n in range(1, 5)]
    scope = about(library, "Broken pelves", "ct", words)
    assert set(filled(guesser, words, scope).values()) == {"hip-bone-fragment"}
    assert not filled(guesser, words[:2], about(library, "Broken pelves", "ct", words[:2]))
    assert not grade_numbers.counted_off(["a 1", "b 2", "c 3", "7"])


def test_how_severe_a_disease_is_needs_the_disease(library: Library, guesser: Guesser) -> None:
    words = ["Mild", "Moderate", "Severe"]
    no_lists = Guesser(replace(library.lexicon, mappings={}))
    named = about(library, "Diabetic retinopathy", "fundus-photography", words)
    assert filled(no_lists, words, named)["Mild"] == "mild-nonproliferative-diabetic-retinopathy"
    assert not filled(no_lists, words, about(library, "Eyes", "fundus-photography", words))


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("human liver", "liver"),
        ("mouse kidney", "kidney"),
        ("ParaHippocampal", "parahippocampal-gyrus"),
        ("SupraMarginal", "supramarginal-gyrus"),
        ("Cerebelum_Crus1", "cerebellar-hemisphere-crus-1"),
        ("lung_scc", "lung-squamous-cell-carcinoma"),
    ],
)
def test_words_are_read_as_they_are_meant(
    library: Library, guesser: Guesser, word: str, label: str
) -> None:
    title = {"l": "Lung cancer", "C": "Brain atlas", "P": "Brain atlas", "S": "Brain atlas"}
    modality = "histopathology" if word[0] in "hml" else "mri"
    scope = about(library, title.get(word[0], "Tissues of organs"), modality, [word])
    assert filled(guesser, [word], scope) == {word: label}


def test_a_cancer_is_shown_for_a_tumor_and_not_filled_in(library: Library) -> None:
    scope = about(library, "Pancreas", "ct", ["cancer"])
    guesser = Guesser(replace(library.lexicon, mappings={}))
    (found,) = guesser.guess(["cancer"], scope)
    shown = {g.label: g.why for g in found}
    assert shown["pancreatic-tumor"] == "tumor for cancer"
    chosen = guesser.filled_in(found)
    assert chosen is None or chosen.label != "pancreatic-tumor"


def test_words_are_divided_in_one_way_only() -> None:
    known = {"soft", "tissue", "softt", "issue", "para", "mass"}
    assert rejoined("softtissue", known, str) == "softtissue"
    assert rejoined("paramass soft", known, str) == "para mass soft"
    assert rejoined("mass", known, str) == "mass"


def test_what_a_word_is_about_does_not_depend_on_the_order_of_a_set() -> None:
    assert {head("cerebellum crus1") for _ in range(20)} == {"crus"}
