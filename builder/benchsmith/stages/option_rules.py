"""The rules for options: which labels are admissible, how many are offered, and how they are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from benchsmith.core.model import Choice
from benchsmith.core.random_order import randint
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.stages.fair_sets import fair_sets
from benchsmith.stages.mirrored_sets import Item, MirroredSet, mirrored_sets
from benchsmith.stages.nearness import Nearness, nearness, no_preference
from benchsmith.stages.trim_sets import trimmed
from benchsmith.stages.unrelated_options import Apart, draw_unrelated, most_unrelated

MAX_PRINTED_POOL = 4
"""The rule printed in the paper, randint(max(1, L), min(4, L)), is an empty range for larger L."""
OBSERVED_COUNTS = (3, 4)
"""Numbers of wrong options in the paper's data, equally frequent, where the pool is large enough."""


class OptionRules:
    """A benchmark's rules for options; what the lexicon states about pairs of labels is cached."""

    def __init__(self, lexicon: Lexicon, benchmark: Benchmark) -> None:
        self._lexicon, self._benchmark = lexicon, benchmark
        self.seed = benchmark.seed
        self.apart: Apart = cache(lexicon.exclude)
        """Pairs of labels that are never options of one question."""
        self._related: Callable[[str, str], bool] = cache(lexicon.labels.related)

    def fewest(self, label: str) -> int:
        """Return how many admissible labels a target of a label needs to be asked about."""
        rules = self._benchmark.options
        count = rules.count if rules.rule == "fixed" else 1
        return max(count, 1 if self._kind(label) in rules.binary else rules.min_pool)

    def _kind(self, label: str) -> str:
        return self._lexicon.labels[label].kind

    def enough(self, labels: Iterable[str], label: str) -> bool:
        """Return whether enough of the labels that are admissible for one may be offered together."""
        found = list(labels)
        fewest = self.fewest(label)
        return len(found) >= fewest and most_unrelated(found, self.apart) >= fewest

    def enough_keys(self, labels: frozenset[str]) -> bool:
        """Return whether a pool with these keys has one that can be offered with enough others."""
        return most_unrelated(labels, self.apart) > min(map(self.fewest, labels))

    def admissible(
        self, choice: Choice, views: Sequence[str], keys: Iterable[str]
    ) -> frozenset[str]:
        """Return those of `keys` that are wrong for this picture in every view.

        Excluded are the key's ancestors, descendants and confusables, and every label related to
        another one that is true of what is shown or is unknown in the picture. Without a mark, only
        labels that were looked for remain. Synonyms are one label, so they need no rule.
        """
        own = choice.label
        true = self._other_true(choice, views)
        return frozenset(
            label
            for label in keys
            if not self.apart(label, own)
            and not any(self._related(label, other) for other in true)
            and self._known_wrong(choice, views, label)
        )

    def _known_wrong(self, choice: Choice, views: Sequence[str], label: str) -> bool:
        """Return whether a label that is not stated is wrong for the picture, or for its mark.

        A mark cannot be of a label that was not looked for, but it can be of one whose marks were
        not understood.
        """
        if "image" in views:
            return choice.searched.is_absent(label, self._related)
        return not choice.searched.may_show(label, self._related)

    def _other_true(self, choice: Choice, views: Sequence[str]) -> list[str]:
        """Return the labels beside the key that are true of the picture, or of the marked region."""
        truth = self._benchmark.truth
        if choice.kind == "image" or "image" in views:
            return [n.name for n in choice.neighbours]
        boxed = "box" in views
        return [
            n.name
            for n in choice.neighbours
            if n.in_region > truth.in_region or (boxed and n.in_box > truth.in_box)
        ]

    def item(self, id_: str, choice: Choice, wrong: frozenset[str], pool: str) -> Item:
        """Return the item to draw options for. Raises DocumentError as :meth:`_counts` does."""
        counts = self._counts(most_unrelated(wrong, self.apart), pool)
        rules = self._benchmark.options
        least = counts[0]
        if rules.rule == "paper-observed":
            least = min(least, max(rules.fewest, self.fewest(choice.label)))
        return Item(id_, choice.label, wrong, counts, least)

    def _counts(self, size: int, pool: str) -> tuple[int, ...]:
        """Return how many wrong options may be offered if `size` labels may be offered together.

        Raises DocumentError if the rule is `paper-printed` and the pool is too large for it.
        """
        rule = self._benchmark.options.rule
        if rule == "fixed":
            return (self._benchmark.options.count,)
        if rule == "paper-observed":
            return tuple(sorted({min(n, size) for n in OBSERVED_COUNTS}))
        if size > MAX_PRINTED_POOL:
            raise DocumentError([Problem(
                "options.rule", 1,
                f"paper-printed is an empty range for the pool {pool} of {size} labels",
                "use paper-observed, which is what the published data show",
            )])  # fmt: skip
        return (size,)

    def draw_sets(
        self, items: Sequence[Item], choices: Sequence[Choice], pool: str
    ) -> list[MirroredSet]:
        """Draw the options of a pool's items, in mirrored sets if the benchmark asks for them.

        Items that are in no returned set are left out. `choices` are the items' targets.
        """
        near = self._nearness(choices)
        rules = self._benchmark.options
        if rules.draw.startswith("mirrored") and rules.rule != "paper-printed":
            made = mirrored_sets(items, self.seed, pool, near, self.apart)
            if rules.draw == "mirrored-open":
                made = fair_sets(made, items, self.seed, pool)
            if rules.unmirrored == "keep":
                return made
            if rules.unmirrored == "drop":
                return [one for one in made if one.closed or one.fair]
            return trimmed(made, {i.id: i.label for i in items})
        uniform = rules.draw == "uniform"
        counts = Counter(i.label for i in items)
        found = []
        for item in items:
            weights = {
                n: (1.0 if uniform else float(counts[n])) * near(item.label, n) for n in item.wrong
            }
            least, most = item.counts[0], item.counts[-1]
            count = randint(self.seed, least, most, "option count", item.id)
            drawn = draw_unrelated(weights, count, self.apart, self.seed, "options", item.id)
            found.append(MirroredSet((item.id,), tuple(sorted([*drawn, item.label]))))
        return found

    def _nearness(self, choices: Sequence[Choice]) -> Nearness:
        if self._benchmark.options.prefer == "any" or not choices:
            return no_preference
        together = {frozenset((c.label, n.name)) for c in choices for n in c.neighbours}
        return nearness(self._lexicon, choices[0].modality, frozenset(together))
