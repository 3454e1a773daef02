"""Words that deny or doubt what they name, name two labels, or have no number: no label is taken for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchsmith.drafting.mappings.label_guesses import Guess, Guesser
from benchsmith.drafting.mappings.source_scope import Scope, scope_of
from benchsmith.stages.normaliser import Normaliser
from tests.shipped_documents import shipped_library


@pytest.fixture(scope="module")
def guesser() -> Guesser:
    """Return what guesses without any source's mapping."""
    return Guesser(replace(shipped_library().lexicon, mappings={}))


Found = tuple[Guess | None, tuple[Guess, ...]]


@pytest.fixture(scope="module")
def of_denied(guesser: Guesser) -> dict[str, Found]:
    return drafted(guesser, list(DENIED), "Chest radiographs", "x-ray")


def struck(word: str) -> str:
    """Return a word as people paste it when it is struck."""
    return "".join(f"{c}\u0336" for c in word)


DENIED = (
    "!Pneumonia", "! pneumonia", "~Pneumonia", "¬Pneumonia", "≠ pneumonia", "∅ pneumonia", "pneumonia:-", "pneumonia: -",
    "pneumonia = -", "pneumonia ✗", "pneumonia ✘", "pneumonia ❌", "❌ pneumonia", "pneumonia ✖", "pneumonia \u00d7", "pneumonia 🚫",
    "pneumonia 👎", "pneumonia ⊖", "pneumonia ∅", "☐ pneumonia", "pneumonia ☐", "□ pneumonia", "☒ pneumonia", "~~pneumonia~~",
    "pneumonia ↓", "pneumonia ±", "pneumonia +/-", "pneumonia (+/-)", "pneumonia -/+", "pneumonia (±)", "(pneumonia-)", '"pneumonia-"', '"-pneumonia"',
    "[ ] pneumonia", "[] pneumonia", "() pneumonia", "pneumonia ( )", "pneumonia [_]", "\uff08 \uff09pneumonia", "{ } pneumonia",
    struck("pneumonia"), "pneumonia\u0338", "pneumonia\u20e0", "pneumonia\u0335", "pneumonia {-}", "pneumonia ⁻", "pneumonia⁻",
    "pneumonia (✗)", "pneumonia (无)", "pneumonia (нет)", "pneumonia (なし)", "pneumonia (疑い)", "pneumonia (없음)", "pneumonia (✘)", "pneumonia (لا)",
    "<del>pneumonia</del>", "&not;pneumonia", "pneumonia &#10007;", "pneumonia?", "¿pneumonia?",
)  # fmt: skip
TAKEN = (
    "pneumonia", "PNEUMONIA", "pneumonia +", "(pneumonia)", "[pneumonia]", '"pneumonia"', "pneumonia*", "pneumonia.", "_pneumonia_",
    "pneumonia (肺炎)", "pneumonia (пневмония)", "pneumonia (폐렴)", "pneumonia;", "pnéumonia",
)  # fmt: skip


@pytest.mark.parametrize("word", DENIED)
def test_a_sign_that_denies_is_not_passed_over(of_denied: dict[str, Found], word: str) -> None:
    """Neither does the lexicon know the word, nor does a draft fill it in."""
    found = Normaliser(shipped_library().lexicon).resolve(word, "x", "x-ray")
    assert not found.label, found
    chosen, guesses = of_denied[word]
    assert chosen is None
    assert not [g for g in guesses if g.label == "pneumonia" and not g.doubt]


@pytest.mark.parametrize("word", TAKEN)
def test_other_marks_are(word: str) -> None:
    assert Normaliser(shipped_library().lexicon).resolve(word, "x", "x-ray").label == "pneumonia"


def test_a_tick_is_shown_as_exact(guesser: Guesser) -> None:
    words = ["pneumonia ✓", "☑ pneumonia", "✅ pneumonia", "Pneumonia!"]
    for chosen, _ in drafted(guesser, words, "Chest radiographs", "x-ray").values():
        assert chosen is not None and chosen.label == "pneumonia"


@pytest.mark.parametrize("word", ["Nodule (NO)", "nodule: NO", "Nodule/NO", "Nodule - NEG"])
def test_a_denial_abbreviates_no_name(word: str) -> None:
    """The letters of NO are also the first two of a nodule."""
    assert not Normaliser(shipped_library().lexicon).resolve(word, "", "ct").label


def test_a_letter_behind_a_name_is_no_article(guesser: Guesser) -> None:
    """`pneumonia_A` may be one that is absent, or of a type."""
    words = ["pneumonia_A", "pneumonia_P", "a pneumonia"]
    found = drafted(guesser, words, "Chest radiographs", "x-ray")
    assert found["pneumonia_A"][0] is None and found["pneumonia_P"][0] is None
    assert (said := found["a pneumonia"][0]) is not None and said.label == "pneumonia"


NUMBERED = [
    "pneumonia 1/2", "pneumonia:1", "pneumonia=1", "pneumonia v2", "pneumonia 50%", "pneumonia p=0.1", "pneumonia 0.2", "pneumonia 0.7", "pneumonia <3",
]  # fmt: skip


def test_numbers_beside_a_name_say_nothing_of_its_words_without_one(guesser: Guesser) -> None:
    """Numbers that count objects make `pneumonia 4` a pneumonia, and `pneumonia resolved` none."""
    others = [
        "pneumonia resolved", "resolved pneumonia", "pneumonia yok", "Pneumonia_uncertain", "pneumonia-unc", "pneumonia_pred",
    ]  # fmt: skip
    counted = [f"pneumonia {n}" for n in (1, 2, 3, 4)]
    found = drafted(
        guesser, [*counted, *NUMBERED, *others, "pneumonia 3 resolved"], "Chest", "x-ray"
    )
    assert [word for word, (said, _) in found.items() if said is not None] == counted


def test_values_beside_a_name_count_no_objects(guesser: Guesser) -> None:
    words = [*NUMBERED, "pneumonia 1", "pneumonia 2"]
    assert not [w for w, (said, _) in drafted(guesser, words, "Chest", "x-ray").items() if said]
    words = [f"pneumonia {n}" for n in range(4)]  # 0 may be none of it
    assert not [w for w, (said, _) in drafted(guesser, words, "Chest", "x-ray").items() if said]


def test_of_two_labels_that_a_word_names_none_is_filled_in(guesser: Guesser) -> None:
    words = [
        "melanoma/nevus", "melanoma or nevus", "melanoma & nevus", "melanoma_nevus", "melanoma, nevus", "nevus|melanoma",
        "nevus vs melanoma", "negative", "positive",
    ]  # fmt: skip
    found = drafted(guesser, words, "Lesions of the skin", "dermoscopy")
    assert not [(word, guess) for word, (guess, _) in found.items() if guess is not None]


def drafted(guesser: Guesser, words: list[str], title: str, modality: str) -> dict[str, Found]:
    """Return what a draft fills in for each word of a source that has no others, and its guesses."""
    library = shipped_library()
    recipe = library.sources["kits23"].recipe.model_copy(update={"title": title, "note": ""})
    normaliser = Normaliser(replace(library.lexicon, mappings={}))
    known = {word: normaliser.resolve(word, "", modality) for word in words}
    labels = [known[word].label for word in words]
    unknown = [word for word in words if not known[word].label]
    scope: Scope = scope_of(
        recipe, "x", words, labels, library.lexicon, [modality], unknown=unknown
    )

    return {
        word: (guesser.filled_in(found), found)
        for word, found in zip(words, guesser.guess(words, scope), strict=True)
    }
