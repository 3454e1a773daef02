"""How many of the words that data sets use the lexicon resolves, and what plain MeSH matching gives.

    python -m performance.lexicon raw_labels.json [mesh_concepts.parquet] [--show]

The JSON holds, for each data set, `labels` (the words as the data set spells them) and `modality`.
A data set with a recipe is resolved as that recipe; any other by names and abbreviations alone. A
word that several data sets use counts as resolved where every one of them resolves or drops it.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from builder.documents import library
from builder.documents.problems import Problems
from builder.stages.normalise import Normaliser
from builder.words import normal, take_side

HOME = Path(__file__).resolve().parents[1]
RECIPES = {
    "aptos2019": "aptos2019",
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
    """Print the counts; with ``--show`` the words that nothing resolves too."""
    files = [a for a in argv if not a.startswith("--")]
    problems = Problems(HOME)
    lib = library.read(HOME, problems)
    lexicon, sources = lib.lexicon, frozenset(lib.sources)
    resolve = Normaliser(lexicon).resolve
    sets = json.loads(Path(files[0]).read_text("utf-8"))
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for name, data in sets.items():
        source = recipe_of(name, sources)
        terms = [
            lexicon.modalities.by_name(normal(MODALITIES.get(m.strip(), m.strip())))
            for m in data["modality"].split(",")
        ]
        modalities = [t.id for t in terms if t] or [""]
        for raw in data["labels"]:
            tries = [resolve(raw, source, m) for m in modalities]
            best = next((t for t in tries if t.reason != "unmapped-label"), tries[0])
            found[raw][name] = best.label or best.reason
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
    if len(files) > 1:
        _mesh(Path(files[1]), found)
    if "--show" in argv:
        for raw, made in sorted(found.items()):
            lost = [n for n, v in made.items() if v == "unmapped-label"]
            if lost:
                print(f"  {raw!r}: {', '.join(lost)}")


def _mesh(path: Path, found: dict[str, dict[str, str]]) -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["concept_name", "terms"]).to_pylist()
    known = {normal(t) for row in table for t in (row["concept_name"], *(row["terms"] or ()))}
    exact = sum(raw.casefold() in known for raw in found)
    form = sum(normal(raw) in known for raw in found)
    side = sum({normal(raw), take_side(normal(raw)).name} & known != set() for raw in found)
    total = len(found)
    print(
        f"plain MeSH: lower case {exact} ({exact / total:.1%}); in normal form {form}"
        f" ({form / total:.1%}); with the side taken off {side} ({side / total:.1%})"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
