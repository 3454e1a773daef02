"""Words from parts of medicine that no rule was written for; the expected labels were written first."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from benchsmith.drafting.mappings.label_guesses import Guesser
from benchsmith.drafting.mappings.source_scope import scope_of
from benchsmith.stages.normaliser import Normaliser
from tests.shipped_documents import shipped_library

WORDS = Path(__file__).parent / "strangers_words.tsv"
MIN_SHARE = 0.75


def test_three_of_four_words_have_a_label_and_none_a_wrong_one() -> None:
    """Each title is a source of its own, of which nothing is signed."""
    library = shipped_library()
    lexicon = replace(library.lexicon, mappings={})
    normaliser, guesser = Normaliser(lexicon), Guesser(lexicon)
    groups: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    with WORDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            groups[row["title"], row["modality"]].append((row["raw"], row["label"]))
    right, wrong, empty = [], [], []
    for (title, modality), pairs in groups.items():
        words = [raw for raw, _ in pairs]
        known = [normaliser.resolve(raw, "", modality) for raw in words]
        recipe = library.sources["kits23"].recipe.model_copy(update={"title": title, "note": ""})
        unknown = [w for w, k in zip(words, known, strict=True) if k.reason == "unmapped-label"]
        labels = [k.label for k in known]
        scope = scope_of(recipe, "x", words, labels, lexicon, [modality], "", unknown)
        guesses = dict(zip(unknown, guesser.guess(unknown, scope), strict=True))
        for (raw, label), how in zip(pairs, known, strict=True):
            assert label in lexicon.labels, label
            chosen = guesser.filled_in(guesses[raw]) if raw in guesses else None
            said = chosen.label if chosen else how.label
            (empty if not said else right if said == label else wrong).append((raw, said, label))
    assert wrong == []
    assert len(right) >= MIN_SHARE * (len(right) + len(empty)) > 200 * MIN_SHARE, empty
