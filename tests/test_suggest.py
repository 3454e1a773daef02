"""Suggestions: ranked, reproducible, shown with their score, and never applied."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import Problems
from benchsmith.mesh import concept_table
from benchsmith.mesh.concept import Concept
from benchsmith.mesh.suggest import (
    MAX_LABELS,
    MAX_NEW_CONCEPTS,
    MIN_LABEL_SCORE,
    Suggester,
    Suggestion,
)
from benchsmith.stages.normaliser import Normaliser
from tests import nlm, world
from tests.conftest import PROJECT, Project
from tests.light_builds import exporting
from tests.unaudited import unaudited


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """Return the small lexicon with `liver` under its MeSH concept."""
    folder = tmp_path_factory.mktemp("words")
    world.documents(folder)
    path = folder / "lexicon/tree/label.tsv"
    path.write_text(path.read_text().replace("liver\thepar\t\t", "liver\thepar\tM0012632\t"))
    found = lexicons.read(folder / "lexicon")
    return found


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> list[Concept]:
    home = tmp_path_factory.mktemp("mesh")
    world.put(home / "desc2025.xml", nlm.descriptors())
    list(concept_table.import_mesh(home, [home / "desc2025.xml"]))
    return concept_table.read(home)


def first(suggester: Suggester, word: str) -> Suggestion:
    return suggester.suggest([word])[0][0]


@pytest.mark.parametrize(
    ("word", "label", "by"),
    [
        ("splen", "spleen", "name"),
        ("Spleen_tissue", "spleen", "name"),
        ("hepars (whole)", "liver", "synonym hepar"),
        ("gall bladder", "gallbladder", "name"),
        ("BladderGall", "gallbladder", "name"),
        ("stomack left", "stomach", "name"),
        ("T12", "vertebra", "mapped so at lexicon/mappings/abdomen.tsv:2"),
        ("LK", "kidney", "short form at lexicon/abbreviations.tsv:2"),
    ],
)
def test_the_likeliest_comes_first_with_what_it_was_found_by(
    lexicon: Lexicon, word: str, label: str, by: str
) -> None:
    found = first(Suggester(lexicon), word)
    assert (found.label, found.by) == (label, by)
    assert MIN_LABEL_SCORE <= found.score <= 100


def test_mesh_terms_lead_to_the_label_that_has_their_concept(
    lexicon: Lexicon, mesh: list[Concept]
) -> None:
    suggester = Suggester(lexicon, mesh)
    assert str(first(suggester, "hepatic organs")) == "liver 100 (MeSH M0012632 Hepatic Organ)"
    assert "hepatic" not in str(Suggester(lexicon).suggest(["hepatic organs"]))


def test_a_concept_that_no_label_has_asks_for_a_row(lexicon: Lexicon, mesh: list[Concept]) -> None:
    found = first(Suggester(lexicon, mesh), "hodgkins lymphoma")
    assert found.label == ""
    assert str(found).startswith("MeSH M0010364 Hodgkin Disease ")
    assert str(found).endswith("(term Hodgkin Lymphoma): not in the lexicon; add a row")


def test_an_ascii_file_s_records_are_suggested_by_their_names(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    world.put(tmp_path / "d2024.bin", nlm.ASCII)
    list(concept_table.import_mesh(tmp_path, [tmp_path / "d2024.bin"]))
    suggester = Suggester(lexicon, concept_table.read(tmp_path))
    assert first(suggester, "hepatic organs").label == "liver"
    assert first(suggester, "hodgkin disease").concept == "D006689"


def test_chemicals_and_short_words_are_not_looked_up_in_mesh(
    lexicon: Lexicon, mesh: list[Concept]
) -> None:
    suggester = Suggester(lexicon, mesh)
    assert suggester.suggest(["wartomycin"]) == [()]
    cystic = replace(mesh[1], concept="M0000002", name="CF", terms=("CF",))
    assert not any(s.concept for s in Suggester(lexicon, [*mesh, cystic]).suggest(["cf"])[0])
    assert first(Suggester(lexicon, [replace(cystic, terms=("CF", "cf-xy"))]), "cf-xy").concept


@pytest.mark.parametrize(
    ("word", "doubt"),
    [
        ("no spleen", "one of them negates"),
        ("spleen 7", "numbers differ"),
        ("spleen T7", "numbers differ"),
        ("spleens", ""),
    ],
)
def test_what_may_mislead_is_reported(lexicon: Lexicon, word: str, doubt: str) -> None:
    found = first(Suggester(lexicon), word)
    assert (found.label, found.doubt) == ("spleen", doubt)


WORDS = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(["splen", "liver tumor", "abdominal", "lymphoma", "count", "rib cage"]),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(words=WORDS, data=st.data())
def test_suggestions_are_ranked_and_do_not_depend_on_their_company(
    lexicon: Lexicon, mesh: list[Concept], words: list[str], data: st.DataObject
) -> None:
    """Neither the other words nor the order of MeSH matters; equal scores are ordered by id."""
    found = Suggester(lexicon, mesh).suggest(words)
    shuffled = Suggester(lexicon, data.draw(st.permutations(mesh)))
    assert [shuffled.suggest([word])[0] for word in words] == found
    for each in found:
        assert [(-s.score, s.label, s.concept) for s in each] == sorted(
            (-s.score, s.label, s.concept) for s in each
        )
        labels = [s.label for s in each if s.label]
        assert len(labels) == len(set(labels)) <= MAX_LABELS
        assert len(each) - len(labels) <= MAX_NEW_CONCEPTS
        assert all(MIN_LABEL_SCORE <= s.score <= 100 for s in each)


def test_ties_stand_by_their_ids(lexicon: Lexicon) -> None:
    """`counts` is as like one number as the other; the first ids come, not the last ones read."""
    numbers = {f"count-{n}": f"lesion {chr(106 - n)}" for n in range(10)}
    terms = {
        id_: replace(term, name=numbers.get(id_, term.name))
        for id_, term in lexicon.labels.terms.items()
    }
    axis = type(lexicon.labels)(dict(reversed(terms.items())))
    found = Suggester(replace(lexicon, labels=axis)).suggest(["lesion z"])[0]
    assert [s.label for s in found] == ["count-0", "count-1", "count-2"]
    assert len({s.score for s in found}) == 1


def test_the_shortlist_leaves_out_none_of_the_best() -> None:
    """On the shipped lexicon, what is looked at closely holds what looking at all would find."""
    problems = Problems(PROJECT)
    lexicon = lexicons.collect(PROJECT / "lexicon", problems)
    bare = replace(lexicon, mappings={}, abbreviations={})
    words = [*sorted(lexicon.mappings["totalsegmentator"])[::6], "haemorrhoids", "kidny cyst"]
    short = Suggester(bare).suggest(words)
    full = Suggester(bare, shortlist=10_000).suggest(words)
    same = sum(a[:1] == b[:1] for a, b in zip(short, full, strict=True))
    assert same == len(words)
    assert sum(a == b for a, b in zip(short, full, strict=True)) >= 0.95 * len(words)


@pytest.mark.parametrize("word", ["splen", "hepatic organ", "hodgkin lymphoma", "stomack"])
def test_what_is_suggested_is_never_resolved(
    lexicon: Lexicon, mesh: list[Concept], word: str
) -> None:
    assert Suggester(lexicon, mesh).suggest([word])[0], "there is a suggestion"
    assert Normaliser(lexicon).resolve(word, "skin", "dermoscopy").reason == "unmapped-label"


def test_a_draft_lists_its_suggestions_and_a_build_takes_none(copy: Project) -> None:
    """With MeSH imported and a word one letter off: a draft to be signed, and no case of it."""
    project = exporting(copy, more="tolerate: {faults: 1.0}\n")
    sheet = project.folder / "raw_sources/skin/data/labels.csv"
    text = sheet.read_text()
    text = text.replace("p1,mole", "p1,melanomma").replace("p3,mole", "p3,Hodgkin lymphoma")
    sheet.write_text(text.replace("p5,mole", "p5,no melanoma"))
    world.put(project.folder / "desc2025.xml", nlm.descriptors())
    project.run("lexicon", "import-mesh", "desc2025.xml")
    said = project.run("draft", "mapping", "skin")
    assert "melanomma -> melanoma 97 (name melanoma; read as melanoma); next: " in said
    assert "no melanoma -> ?; nearest: " in said
    path = project.folder / "lexicon/mappings/skin.tsv"
    rows = {line.split("\t")[0]: line.split("\t") for line in path.read_text().splitlines()}
    assert rows["melanomma"][1:4] == ["exact", "melanoma", ""]
    assert rows["melanomma"][4].startswith("draft: melanoma 9")
    assert rows["melanomma"][4].endswith("; stated 1 times")
    assert rows["Hodgkin lymphoma"][2] == "", "a concept that no label has fills nothing in"
    assert "MeSH M0010364 Hodgkin Disease 100" in rows["Hodgkin lymphoma"][4]
    assert rows["no melanoma"][2] == "", "what may deceive fills nothing in"
    assert "one of them negates" in rows["no melanoma"][4]
    again = path.read_bytes()
    project.run("draft", "mapping", "skin")
    assert path.read_bytes() == again
    assert "skin.tsv:3: is not signed" in project.run("build", "small", code=2)
    path.unlink()
    with unaudited():
        project.run("build", "small", "--workers", "1")
    manifest = json.loads((project.release / "manifest.json").read_text())
    assert sum(of.get("unmapped-label", 0) for of in manifest["rejected"].values()) == 3
    assert "left out" in project.run("explain", "melanomma")
