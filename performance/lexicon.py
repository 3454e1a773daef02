"""How many of the words that data sets use the lexicon resolves, rightly and how fast.

    python -m performance.lexicon [raw_labels.json] [mesh_concepts.parquet] [--show]

First the signed answer key: rows right, wrong and unresolved, and plain MeSH string matching on the
same rows; then the time for a million labels. The JSON holds, for each data set, `labels` (the words
as the data set spells them) and `modality`: how many of these resolve. A data set with a recipe is
resolved as that recipe; any other by names and abbreviations alone. A word that several data sets
use counts as resolved where every one of them resolves or drops it.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from benchsmith.core.random_order import randint
from benchsmith.documents import library
from benchsmith.documents.library import Library
from benchsmith.documents.stated_sites import stated_sites
from benchsmith.stages.normaliser import Normaliser
from benchsmith.text.laterality import take_side
from benchsmith.text.normal_form import normal
from performance import answers

HOME = Path(__file__).resolve().parents[1]
RECIPES = {
    "aptos2019": "aptos2019",
    "amlmatek": "aml-cytomorphology-lmu",
    "brats2021raw": "brats2021",
    "brats2024gli": "brats2023-gli",
    "lits": "lits17",
    "verse": "verse20",
    "idrid": "idrid-segmentation",
    "m&ms": "mnms",
    "refugecls": "refuge2",
    "refugeseg": "refuge2",
    "chestxray14": "nih-chestxray14",
    "totalsegmentatorv1": "totalsegmentator",
    "totalsegmentatorv2": "totalsegmentator-v2",
    "totalsegmentatormri": "totalsegmentator-mri",
    "msdtask01braintumour": "msd-brain-tumour",
    "chexpert": "chexpert-small",
    "pbcacevedo": "pbc-barcelona",
    "siimacr": "siim-acr-pneumothorax",
}
MODALITIES = {
    "CTA": "ct-angiography",
    "MRA": "mr-angiography",
    "Fundus": "fundus-photography",
}


def recipe_of(name: str, sources: frozenset[str]) -> str:
    """Return the recipe of a data set by its name, or nothing.

    >>> recipe_of("MedMNIST_octmnist", frozenset({"octmnist"}))
    'octmnist'
    """
    plain = re.sub(r"[^a-z0-9&]", "", name.lower().removeprefix("medmnist_"))
    if plain in RECIPES:
        return RECIPES[plain]
    by_plain = {re.sub(r"[^a-z0-9]", "", s): s for s in sources}
    if plain in by_plain:
        return by_plain[plain]
    if name.startswith("TotalSegmentator"):
        return "totalsegmentator"
    task = re.match(r"msdtask\d\d([a-z]+)", plain)
    return f"msd-{task[1]}" if task and f"msd-{task[1]}" in sources else ""


def main(argv: list[str]) -> None:
    """Print the counts; with ``--show`` the words that are not right or not resolved too."""
    files = {Path(a).suffix: Path(a) for a in argv if not a.startswith("--")}
    show = "--show" in argv
    lib = library.read(HOME)
    sources = frozenset(lib.sources)
    concepts = _concepts(files[".parquet"]) if ".parquet" in files else []
    key = answers.read()
    _key(key, lib, concepts, show=show)
    words = [(a.raw, a.source, a.modality) for a in key]
    if ".json" in files:
        sets = json.loads(files[".json"].read_text("utf-8"))
        words += resolved_sets(sets, lib, sources, concepts, show=show)
    _million(lib, words)


def _key(
    key: list[answers.Answer], lib: Library, concepts: list[dict[str, object]], *, show: bool
) -> None:
    ways = [("the lexicon", answers.ours(lib))]
    if concepts:
        ways.append(("plain MeSH", answers.mesh(lib.lexicon, concepts)))
    for name, way in ways:
        count, lines = answers.score(way, key)
        parts = (f"{w} {count[w]} ({count[w] / len(key):.1%})" for w in ("right", "wrong"))
        print(
            f"answer key, {name}: {len(key)}; {'; '.join(parts)}; unresolved {count['unresolved']}"
        )
        if show:
            print("\n".join(lines))


def _million(lib: Library, words: list[tuple[str, str, str]], count: int = 1_000_000) -> None:
    stream = [words[randint(1, 0, len(words) - 1, str(i))] for i in range(count)]
    start = time.perf_counter()
    resolve = Normaliser(lib.lexicon, stated_sites(lib)).resolve
    resolved = sum(bool(resolve(raw, source, modality).label) for raw, source, modality in stream)
    seconds = time.perf_counter() - start
    print(f"{count} labels, {len(set(stream))} distinct: {seconds:.2f} s, {resolved} resolved")


def resolved_sets(
    sets: dict[str, dict[str, object]],
    lib: Library,
    sources: frozenset[str],
    concepts: list[dict[str, object]],
    *,
    show: bool,
) -> list[tuple[str, str, str]]:
    """Print how many words of the data sets resolve; return them with source and modality."""
    normaliser = Normaliser(lib.lexicon, stated_sites(lib))
    resolve, lexicon = normaliser.resolve, lib.lexicon
    words = []
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for name, data in sets.items():
        source = recipe_of(name, sources)
        terms = [
            lexicon.modalities.by_name(normal(MODALITIES.get(m.strip(), m.strip())))
            for m in str(data["modality"]).split(",")
        ]
        modalities = [t.id for t in terms if t] or [""]
        labels = data["labels"]
        assert isinstance(labels, list)
        if source:
            normaliser.hear(source, [(raw, m) for raw in labels for m in modalities])
        for raw in labels:
            tries = [resolve(raw, source, m) for m in modalities]
            best = next((t for t in tries if t.reason != "unmapped-label"), tries[0])
            found[raw][name] = best.label or best.reason
            words += [(raw, source, m) for m in modalities]
    state = Counter(
        "unresolved"
        if "unmapped-label" in made.values()
        else "resolved"
        if set(made.values()) != {"dropped-label"}
        else "dropped"
        for made in found.values()
    )
    uses = Counter(
        {"unmapped-label": "unresolved", "dropped-label": "dropped"}.get(v, "resolved")
        for made in found.values()
        for v in made.values()
    )
    everywhere = sum(set(made.values()) == {"unmapped-label"} for made in found.values())
    for title, count in (("distinct labels", state), ("labels by data set", uses)):
        total = sum(count.values())
        parts = (f"{n} {count[n]} ({count[n] / total:.1%})" for n in ("resolved", "dropped"))
        print(f"{title}: {total}; {'; '.join(parts)}; unresolved {count['unresolved']}")
    print(f"unresolved in every data set that uses them: {everywhere}")
    if concepts:
        _mesh(concepts, found)
    if show:
        for raw, made in sorted(found.items()):
            lost = [n for n, v in made.items() if v == "unmapped-label"]
            if lost:
                print(f"  {raw!r}: {', '.join(lost)}")
    return words


def _concepts(path: Path) -> list[dict[str, object]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, object]] = pq.read_table(
        path, columns=["concept_ui", "concept_name", "terms"]
    ).to_pylist()
    return [{**row, "terms": row["terms"] or []} for row in rows]


def _mesh(concepts: list[dict[str, object]], found: dict[str, dict[str, str]]) -> None:
    known: set[str] = set()
    for row in concepts:
        terms = row["terms"]
        assert isinstance(terms, list)
        known |= {normal(str(t)) for t in (row["concept_name"], *terms)}
    exact = sum(raw.casefold() in known for raw in found)
    form = sum(normal(raw) in known for raw in found)
    side = sum({normal(raw), take_side(normal(raw)).name} & known != set() for raw in found)
    total = len(found)
    print(
        f"plain MeSH: lower case {exact} ({exact / total:.1%}); in normal form {form}"
        f" ({form / total:.1%}); with the side removed {side} ({side / total:.1%})"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
