"""What the project ships: every document is sound, every recipe can be run backwards."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from benchsmith import plugins
from benchsmith.core.model import VIEWS, Finding
from benchsmith.core.reasons import REASONS
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.library import Library, read_benchmark
from benchsmith.documents.pools import PLACEHOLDER
from benchsmith.documents.stated_sites import stated_sites
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_units
from benchsmith.stages.normalise import normalise
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.tag import tag
from benchsmith.tables import record_tables
from benchsmith.text.normal_form import normal
from benchsmith.text.spelling import keys
from performance.lexicon import resolved_sets
from tests import backwards
from tests.conftest import PROJECT
from tests.shipped_documents import shipped_library

SOURCES = sorted(p.parent.name for p in (PROJECT / "raw_sources").glob("*/recipe.yaml"))
FACTS = PROJECT.parent / "shared" / "facts"


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()  # it raises every problem that there is


@pytest.fixture(scope="module")
def normaliser(library: Library) -> Normaliser:
    return Normaliser(library.lexicon, stated_sites(library))


@pytest.fixture(scope="module")
def demo() -> tuple[str, ...]:
    """Return the sources of the demo."""
    return read_benchmark(PROJECT, "demo", frozenset(plugins.EXPORTS))[0].sources


@pytest.mark.parametrize("name", SOURCES)
def test_a_recipe_run_backwards_reads_what_it_wrote(
    library: Library, normaliser: Normaliser, demo: tuple[str, ...], tmp_path: Path, name: str
) -> None:
    """Its miniature is ingested without a fault, and every label in it has its place."""
    source = library.sources[name]
    lexicon = library.lexicon
    words = [raw for raw, row in lexicon.mappings.get(name, {}).items() if row.relation != "drop"]
    roots = backwards.write(source, tmp_path, [*words, "liver", "spleen", "kidney"])
    readers = plugins.readers()
    units, rejected = list_units(source, roots, readers)
    assert not [r for r in rejected if REASONS[r.reason].fault]
    assert {u.entry for u in units} == set(range(len(source.recipe.samples)))
    for unit in units:
        result = ingest(unit, Slices(), readers)
        assert not [r for r in result.rejected if REASONS[r.reason].fault], result.rejected
        assert result.findings, f"{unit.sample} gave nothing"
        assert result.stated == len(
            {(f.raw, f.layer, f.value, f.crop, f.group) for f in result.findings}
        ) + len(result.rejected)
        if name not in lexicon.mappings and name not in demo:
            continue  # its words are not signed yet: a build says so, label by label
        findings = record_tables.to_table(result.findings, Finding)
        labels, lost = normalise(findings, normaliser)
        assert set(lost["reason"].to_pylist()) <= {"dropped-label"}, lost.to_pylist()
        targets, lost = tag(labels, lexicon)
        assert targets.num_rows == labels.num_rows, lost.to_pylist()


def test_recipes_say_whose_data_it_is(library: Library) -> None:
    for source in library.sources.values():
        recipe = source.recipe
        assert len(recipe.citation) > 30 and len(recipe.note) > 30, source.id
        assert recipe.licence in library.lexicon.licences


def test_tables_are_sorted_so_that_changes_merge() -> None:
    for path in sorted((PROJECT / "lexicon").rglob("*.tsv")):
        if path.parent.name == "mappings" or path.name == "windows.tsv":
            continue
        rows = path.read_text("utf-8").splitlines()[1:]
        keys = [
            row.split("\t")[:2]
            if path.name in ("placements.tsv", "confusables.tsv")
            else row.split("\t")[0]
            for row in rows
        ]
        assert keys == sorted(keys), path.name


def test_labels_have_a_mesh_concept_or_say_why_not(library: Library) -> None:
    for term in library.lexicon.labels:
        assert term.mesh or term.note, f"{term.id} has neither"


@pytest.mark.skipif(not FACTS.is_dir(), reason="MeSH tables are not here")
def test_mesh_concepts_exist_and_are_one_label_each(library: Library) -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(FACTS / "mesh_concepts_ABCE.parquet", columns=["concept_ui"])
    known = set(table.column("concept_ui").to_pylist())
    used: dict[str, str] = {}
    for term in library.lexicon.labels:
        if term.mesh:
            assert term.mesh in known, f"{term.id}: {term.mesh}"
            assert used.setdefault(term.mesh, term.id) == term.id, f"{term.id} shares {term.mesh}"


@pytest.mark.skipif(not FACTS.is_dir(), reason="MeSH tables are not here")
def test_a_label_and_its_mesh_concept_share_a_name(library: Library) -> None:
    """A name or synonym of the label is a term of the concept, in some spelling or word order."""
    import pyarrow.parquet as pq

    columns = ["concept_ui", "concept_name", "terms"]
    rows = pq.read_table(FACTS / "mesh_concepts_ABCE.parquet", columns=columns).to_pylist()
    concepts = {row["concept_ui"]: (row["concept_name"], *(row["terms"] or ())) for row in rows}
    for term in library.lexicon.labels:
        if not term.mesh or term.id == "lower-leg":
            continue  # MeSH's Leg is the part between knee and ankle; a leg elsewhere is more
        known = {key for name in concepts[term.mesh] for way in _turned(name) for key in keys(way)}
        own = {key for name in (term.name, *term.synonyms) for key in keys(normal(name))}
        assert known & own, f"{term.id}: {term.mesh} is {concepts[term.mesh][0]!r}"


def _turned(heading: str) -> tuple[str, str]:
    """Return a MeSH heading as it is and turned round: `Doppler, Color` is color Doppler."""
    parts = [part.strip() for part in heading.split(",")]
    return normal(heading), normal(" ".join(reversed(parts)))


def test_no_confusable_pair_is_related_already(library: Library) -> None:
    """A pair that the tree keeps apart needs no row; a row that says nothing new hides real ones."""
    for pair in library.lexicon.confusables:
        a, b = sorted(pair)
        assert not library.lexicon.labels.related(a, b), (a, b)


def test_every_task_asks_at_every_granularity(library: Library) -> None:
    for task in library.lexicon.tasks:
        pool = library.pools[task.id]
        for view in VIEWS:
            stems = pool.stems[view]
            assert len(stems) >= 10, (task.id, view)


def test_stems_are_unlike_each_other(library: Library) -> None:
    seen: dict[str, str] = {}
    for pool in library.pools.values():
        for stems in pool.stems.values():
            for stem in stems:
                text = normal(re.sub(r"\W+", " ", stem.text.replace(PLACEHOLDER, " ")))
                assert text not in seen, f"{stem.at} repeats {seen[text]}"
                seen[text] = stem.at


def test_every_placed_label_has_a_window_where_it_needs_one(library: Library) -> None:
    lexicon = library.lexicon
    for label, modality in lexicon.placements:
        for each in ("ct", "mri") if modality == "*" else (modality,):
            if "ct" in lexicon.modalities.lineage(each):
                window = lexicon.window(label, each)
                assert window is not None and window.kind == "hu", (label, each)


@pytest.mark.skipif(
    "CI" not in os.environ and not (PROJECT / "output/demo/release").is_dir(),
    reason="the demo is not built",
)
def test_the_demo_is_what_the_readme_says() -> None:
    """At least 300 questions, seven skills, six tasks, departments, modalities, every granularity."""
    import pyarrow.parquet as pq

    rows = [
        row
        for path in (PROJECT / "output/demo/release/data").glob("*.parquet")
        for row in pq.read_table(
            path, columns=["task", "department", "modality", "granularity", "split", "skill"]
        ).to_pylist()
    ]
    assert len(rows) >= 300
    for column in ("task", "department", "modality"):
        assert len({row[column] for row in rows}) >= 6, column
    assert {row["granularity"] for row in rows} == set(VIEWS)
    assert len({row["skill"] for row in rows}) >= 7
    assert {row["split"] for row in rows} == {"val", "test"}


@pytest.mark.skipif(not FACTS.is_dir(), reason="the labels of the data sets are not here")
def test_the_words_of_known_data_sets_resolve(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    """Labels as 99 data sets spell them: nearly all have a canonical label or a signed drop."""
    sets = json.loads((FACTS / "raw_labels.json").read_text("utf-8"))
    resolved_sets(sets, library, frozenset(library.sources), [], show=False)
    said = re.search(r"distinct labels: (\d+); resolved \d+ \(([\d.]+)%\); dropped \d+ \(([\d.]+)%\)",
                     capsys.readouterr().out)  # fmt: skip
    assert said is not None
    assert int(said[1]) > 1000
    assert float(said[2]) + float(said[3]) >= 95


@pytest.mark.parametrize(
    ("raw", "modality", "label", "side"),
    [
        ("humerus_left", "ct", "humerus", "left"),
        ("vertebrae_L1", "ct", "lumbar-vertebra", ""),
        ("vertebrae C3", "ct", "cervical-vertebra", ""),
        ("left rib 12", "ct", "rib", "left"),
        ("hepatic tumor", "ct", "liver-tumor", ""),
        ("heart_atrium_right", "ct", "heart-atrium", "right"),
        ("lung_upper_lobe_right", "ct", "upper-lobe-of-lung", "right"),
        ("gluteus_medius_left", "mri", "gluteus-medius", "left"),
        ("adrenal_gland_left", "mri", "adrenal-gland", "left"),
        ("right clavicula", "ct", "clavicle", "right"),
        ("Drusen", "oct", "retinal-drusen", ""),
        ("CNV", "oct", "choroidal-neovascularization", ""),
        ("BRVO", "fundus-photography", "branch-retinal-vein-occlusion", ""),
        ("subdural", "ct", "subdural-hemorrhage", ""),
        ("optic disc", "fundus-photography", "optic-disc", ""),
        ("oesophagus", "ct", "esophagus", ""),
        ("Left Kidney", "ct", "kidney", "left"),
        ("Emphysema", "x-ray", "emphysema-of-lung", ""),
    ],
)
def test_common_words_mean_what_a_radiologist_means(
    normaliser: Normaliser, raw: str, modality: str, label: str, side: str
) -> None:
    found = normaliser.resolve(raw, "", modality)
    assert (found.label, found.laterality) == (label, side)
