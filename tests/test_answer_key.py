"""The lexicon against a signed key, and laws that hold for every name in it."""

from __future__ import annotations

import re

import pytest

from benchsmith.documents.library import Library
from benchsmith.stages.normaliser import Normaliser
from benchsmith.text.laterality import LEVELED, SIDES, take_side
from benchsmith.text.normal_form import normal, plural
from benchsmith.text.spelling import IRREGULAR, clashes
from performance import answers
from tests.shipped_documents import shipped_library


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


@pytest.fixture(scope="module")
def normaliser(library: Library) -> Normaliser:
    return Normaliser(library.lexicon)


@pytest.fixture(scope="module")
def key() -> list[answers.Answer]:
    return answers.read()


def test_the_key_can_be_used(library: Library, key: list[answers.Answer]) -> None:
    """400 rows and more, each once, of known labels and modalities, of many sources."""
    lexicon = library.lexicon
    assert len(key) >= 400
    assert len({(a.raw, a.source, a.modality) for a in key}) == len(key)
    for a in key:
        assert a.label in ("drop", "none") or a.label in lexicon.labels, a
        assert not a.modality or a.modality in lexicon.modalities, a
        assert a.side in ("", "left", "right"), a
    assert len({a.source for a in key}) >= 60
    assert sum(a.label == "none" for a in key) >= 40


def test_no_row_of_the_key_is_answered_wrongly(library: Library, key: list[answers.Answer]) -> None:
    count, lines = answers.score(answers.ours(library), key)
    assert count["wrong"] == 0, "\n".join(lines)
    assert count["right"] >= 0.98 * len(key), "\n".join(lines)


def test_a_wrong_answer_is_seen(library: Library, key: list[answers.Answer]) -> None:
    """The key is not a rubber stamp: answers moved by one row are nearly all wrong."""
    said = dict(zip(key, key[1:] + key[:1], strict=True))
    count, _ = answers.score(lambda a: (said[a].label, said[a].side), key)
    assert count["right"] < 0.2 * len(key)


def camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split())


def wide(name: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)


CHANGES = {
    "capitals": str.upper,
    "snake case": lambda n: n.replace(" ", "_"),
    "hard blanks": lambda n: n.replace(" ", "\u00a0"),
    "long dashes": lambda n: n.replace(" ", "\u2014"),
    "wide letters": wide,
    "invisible marks": lambda n: "\ufeff" + n.replace(" ", "\u200b "),
    "file": lambda n: n + ".nii.gz",
    "listed": lambda n: "07_" + n,
    "numbered": lambda n: "#7 " + n,
    "mask": lambda n: n + "_mask",
    "kind": lambda n: "organ: " + n,
    "colon": lambda n: n + ":",
    "run together": lambda n: re.sub(r"(?<=[a-z]) (?=[a-z])", "", n) if len(n) > 5 else n,
    "British": lambda n: n.replace("tumor", "tumour").replace("hemo", "haemo").replace("edema", "oedema"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_no_safe_change_of_spelling_changes_a_label(
    library: Library, normaliser: Normaliser, change: str
) -> None:
    labels = library.lexicon.labels
    lost = []
    for name in labels.names():
        term = labels.by_name(name)
        assert term is not None
        if name[0].isdigit():
            continue  # a bare number is a code, and another number before it is one number
        found = normaliser.resolve(CHANGES[change](name), "", "")
        if found.label != term.id:
            lost.append((name, found))
    assert not lost


@pytest.mark.parametrize(
    "form", ["left {}", "{} left", "{}_L", "{} (left)", "{}, left", "L. {}", "Lt {}", "{} sinister"]
)
def test_a_side_is_taken_off_and_kept(library: Library, normaliser: Normaliser, form: str) -> None:
    lost = []
    for term in library.lexicon.labels:
        plain = re.fullmatch(r"[a-z ]+", term.name)
        if not plain or take_side(term.name).side or set(term.name.split()) & set(SIDES):
            continue
        if term.name in LEVELED and re.search(r"(?:\b|_)L\b", form):
            continue  # an L-spine is the lumbar spine
        found = normaliser.resolve(form.format(term.name), "", "")
        if (found.label, found.laterality) != (term.id, "left"):
            lost.append((term.name, found))
    assert not lost


def test_a_plural_is_its_singular(library: Library, normaliser: Normaliser) -> None:
    lost = []
    for term in library.lexicon.labels:
        before, blank, last = term.name.rpartition(" ")
        if (
            re.fullmatch(r"[a-z]{3,}", last)
            and not last.endswith(("s", "ae"))
            and last not in IRREGULAR
        ):
            found = normaliser.resolve(before + blank + plural(last), "", "")
            if found.label != term.id:
                lost.append((term.name, found))
    assert not lost


def test_every_reading_is_decided_in_the_open(
    library: Library, normaliser: Normaliser, key: list[answers.Answer]
) -> None:
    """A word that was not found unchanged states the step by which it was found."""
    lexicon = library.lexicon
    for a in key:
        found = normaliser.resolve(a.raw, a.source, a.modality)
        if found == normaliser.resolve("no such label", "", ""):
            assert not found.decided_at
            continue
        line, _, steps = found.decided_at.partition(", ")
        assert re.fullmatch(r"lexicon/[\w/.-]+\.tsv:\d+", line), found
        rows = lexicon.mappings.get(a.source, {})
        words = {normal(a.raw), take_side(normal(a.raw)).name}
        as_it_stands = any(w in rows or lexicon.labels.by_name(w) for w in words)
        assert steps or as_it_stands or normal(a.raw) in lexicon.drops, (a, found)


def test_no_two_labels_share_a_spelling(library: Library) -> None:
    labels = library.lexicon.labels
    owned = [(n, term.id) for n in labels.names() if (term := labels.by_name(n))]
    assert not clashes(owned)
    assert clashes([*owned, ("tumours of the kidney", "other")])


def test_codes_of_two_sets_stay_theirs(normaliser: Normaliser) -> None:
    for code, label in (("BAS", "basophil"), ("MYB", "myelocyte"), ("NGS", "segmented-neutrophil")):
        for source in ("aml-cytomorphology-lmu", "bone-marrow-cytomorphology"):
            assert normaliser.resolve(code, source, "bright-field-microscopy").label == label
        assert not normaliser.resolve(code, "", "histopathology").label
        assert not normaliser.resolve(code, "pannuke", "bright-field-microscopy").label


@pytest.mark.parametrize("scheme", ["grade 2", "Grade II", "level 2", "stage 2", "2", "moderate"])
@pytest.mark.parametrize("modality", ["fundus-photography", "x-ray", "histopathology", "endoscopy"])
def test_a_grade_without_its_scheme_is_no_label(
    normaliser: Normaliser, scheme: str, modality: str
) -> None:
    assert normaliser.resolve(scheme, "", modality).reason == "unmapped-label"


@pytest.mark.parametrize(
    "form",
    ["no {}", "non-{}", "non{}", "not {}", "without {}", "{} absent", "{} negative", "absence of {}",
     "{}-", "{} (-)", "{}?", "possible {}", "suspected {}", "history of {}", "post {}", "{} excluded",
     "0 {}", "{}: 0", "{} = 0", "rule out {}", "{} -> none"],
)  # fmt: skip
def test_what_is_denied_or_doubted_is_not_the_label(
    library: Library, normaliser: Normaliser, form: str
) -> None:
    """Unless the lexicon itself names it so: no-glaucoma is a label of its own."""
    labels = library.lexicon.labels
    for name in labels.names()[::4]:
        term = labels.by_name(name)
        assert term is not None
        found = normaliser.resolve(form.format(name), "", "")
        assert found.label != term.id, (form, name, found)
