"""Mappings: decide which label a source's word stands for, exactly or broadly, that it stands for none, or may stand for any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from benchsmith.documents import tsv
from benchsmith.documents.lexicon import MAPPING_COLUMNS, Lexicon
from benchsmith.documents.lexicon.word_mappings import WITHOUT_LABEL
from benchsmith.documents.problems import Problems
from benchsmith.drafting.mappings.label_guesses import Guess
from benchsmith.drafting.mappings.source_guesser import SourceGuesser
from benchsmith.mesh import concept_table as mesh
from benchsmith.mesh.concept import Concept
from benchsmith.review.act_store import ActionStore
from benchsmith.review.contract import (
    Desk,
    DeskReport,
    NotFound,
    Parameters,
    Picture,
    Refused,
    text_of,
    with_fingerprint,
)
from benchsmith.review.label_examples import LabelExamples
from benchsmith.review.undecided_words import Word, words_of
from benchsmith.text.normal_form import normal

RELATIONS = {
    "exact": "means the label",
    "broad": "is narrower than the label, or about the same",
    "drop": "names nothing that a picture shows",
    "unknown": "is a finding that no label fits",
}
MAX_GUESSES = 5
"""Guesses that are shown for a word."""
MAX_FOUND = 20
"""Labels that a search returns."""
SEPARATOR = ": "
"""Between source and word in an item's id."""


class Mappings(Desk):
    """Words that the lexicon does not know. One signature suffices, as in a mapping file."""

    name = "mappings"
    title = "Mappings"
    scripts = ("examples.js",)
    fills = "Every word of every source is signed. `benchsmith draft mapping SOURCE` drafts more."
    writes = "lexicon/mappings/"

    def __init__(
        self, store: ActionStore, home: Path, lexicon: Lexicon, sources: Iterable[str], others: Iterable[str],
        build: Path | None, examples: LabelExamples | None,
    ) -> None:  # fmt: skip
        """`build` is a benchmark's output folder, whose unmapped words are included.

        The words of `sources` come before those of `others`.
        """
        super().__init__(store)
        self._home, self._lexicon, self._examples = home, lexicon, examples
        self._first = frozenset(sources)
        every = sorted({*self._first, *others})
        self._words = {f"{w.source}{SEPARATOR}{w.raw}": w for w in words_of(home, every, build)}

    @cached_property
    def _guesser(self) -> SourceGuesser:
        return SourceGuesser(self._home, self._lexicon, self._mesh)

    def _guesses(self, word: Word) -> tuple[Guess, ...]:
        """Return the possible labels of a word, by its source and the source's other words."""
        others = [w.raw for w in self._words.values() if w.source == word.source]
        signed = [row.label for row in self._lexicon.mappings.get(word.source, {}).values()]
        scope = self._guesser.scope(word.source, others, signed, unknown=others)
        (found,) = self._guesser.guess([word.raw], scope)
        return found[:MAX_GUESSES]

    @cached_property
    def _mesh(self) -> list[Concept]:
        return mesh.read(self._home)

    @cached_property
    def _concepts(self) -> dict[str, Concept]:
        return {c.concept: c for c in self._mesh if c.concept}

    def page_data(self, who: str) -> dict[str, Any]:
        """Return the relations of a word to a label, and those of words without one."""
        return {"relations": list(RELATIONS.items()), "bare": WITHOUT_LABEL}

    def queue(self, who: str) -> list[str]:
        """Return the undecided words: those of the benchmark first, of these the most frequent."""
        decided = {act.item for act in self.store.current(self.name, self.about)}
        left = [name for name in self._words if name not in decided]
        return sorted(left, key=self._urgency)

    def _urgency(self, name: str) -> tuple[bool, int, str]:
        word = self._words[name]
        return word.source not in self._first, -word.stated, name

    def show(self, item: str, who: str) -> dict[str, Any]:
        """Return a word, example pictures, and suggested labels."""
        word = self._word(item)
        content = {
            "id": item,
            "source": word.source,
            "raw": word.raw,
            "stated": word.stated,
            "drafted": word.drafted,
            "suggestions": [self._suggestion(g) for g in self._guesses(word)],
            "examples": self._examples.of_word(word.source, word.raw) if self._examples else [],
        }
        acts = self.store.current_of(self.name, self.about, item)
        return {**with_fingerprint(content), "decided": [{"who": a.who, **a.value} for a in acts]}

    def _suggestion(self, found: Guess) -> dict[str, Any]:
        label: dict[str, Any] = (
            self._label(found.label) if found.label else {"id": "", "name": found.name, "line": []}
        )
        concept = self._concepts.get(found.concept or label.get("mesh", ""))
        scope = concept.scope_note if concept else ""
        return {**label, "score": round(found.sure), "by": found.why, "doubt": found.doubt, "concept": found.concept, "scope": scope}  # fmt: skip

    def _label(self, id_: str) -> dict[str, Any]:
        labels = self._lexicon.labels
        term = labels[id_]
        return {"id": id_, "name": term.name, "line": [labels[a].name for a in labels.lineage(id_)[:0:-1]],
                "synonyms": term.synonyms, "mesh": term.mesh, "note": term.note}  # fmt: skip

    def _word(self, item: str) -> Word:
        if item not in self._words:
            raise NotFound("such word")
        return self._words[item]

    def check(self, item: str, who: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Validate a decision."""
        self._word(item)
        relation, label, note = (text_of(value, n) for n in ("relation", "label", "note"))
        if relation not in RELATIONS:
            raise Refused("exact, broad, drop or unknown?")
        bare = relation in WITHOUT_LABEL
        if bare and not note:
            raise Refused("give the reason why it has no label in the note")
        if not bare and label not in self._lexicon.labels:
            raise Refused("choose a label")
        return {"relation": relation, "label": "" if bare else label, "note": note}

    def ask(self, what: str, given: Parameters, who: str) -> dict[str, Any]:
        """Search labels by name, synonym or id."""
        if what != "labels":
            raise NotFound("such question")
        wanted = normal(given.get("q", ""))
        names = self._lexicon.labels.names() if wanted else []
        near = sorted(
            (n for n in names if wanted in n), key=lambda n: (not n.startswith(wanted), len(n), n)
        )
        ids = dict.fromkeys(t.id for n in near if (t := self._lexicon.labels.by_name(n)))
        return {"labels": [self._label(id_) for id_ in list(ids)[:MAX_FOUND]]}

    def picture(self, given: Parameters) -> Picture:
        """Return an example picture of a word."""
        if self._examples is None:
            raise NotFound("such picture")
        return self._examples.picture(given)

    def report(self) -> DeskReport:
        """Return the numbers of words, and the words on which people differ."""
        acts = self.store.current(self.name, self.about)
        decided = {a.item for a in acts}
        others = sum(w.source not in self._first for w in self._words.values())
        figures = [
            ("words without a signed row", str(len(self._words))),
            ("of these, of other sources", str(others)),
            ("decided", str(len(decided))),
        ]
        by: dict[str, list[str]] = {}
        for act in acts:
            decision = f"{act.who}: {act.value['relation']} {act.value['label']}".strip()
            by.setdefault(act.item, []).append(decision)
        differ = [
            f"{item}: {'; '.join(each)}" for item, each in sorted(by.items()) if len(each) > 1
        ]
        return DeskReport(self.title, figures, differ)

    def write(self, who: str) -> Iterator[str]:
        """Write the decisions as signed rows. Rows that are already signed are not changed."""
        decided: dict[str, dict[str, dict[str, str]]] = {}
        for act in self.store.current(self.name, self.about):
            source, _, raw = act.item.partition(SEPARATOR)
            row = {"raw": " ".join(raw.split()), **act.value, "reviewed_by": act.who}
            before = decided.setdefault(source, {}).get(normal(raw))
            if before is None:
                decided[source][normal(raw)] = row
            elif (before["relation"], before["label"]) == (row["relation"], row["label"]):
                before["reviewed_by"] += tsv.LIST_SEPARATOR + act.who
            else:
                yield f"{act.item}: {before['reviewed_by']} and {act.who} differ; not written"
                before["differs"] = "yes"
        for source, found in sorted(decided.items()):
            agreed = {word: row for word, row in found.items() if "differs" not in row}
            yield from self._write(source, agreed)

    def _write(self, source: str, decided: Mapping[str, dict[str, str]]) -> Iterator[str]:
        path = self._home / "lexicon" / "mappings" / f"{source}.tsv"
        problems = Problems(self._home)
        rows = (
            [dict(r.cells) for r in tsv.collect(path, MAPPING_COLUMNS, problems)]
            if path.is_file()
            else []
        )
        problems.raise_any()
        signed = {normal(r["raw"]) for r in rows if r["reviewed_by"]}
        new = {word: row for word, row in decided.items() if word not in signed}
        rows = [new.pop(normal(r["raw"]), r) for r in rows]
        rows += [new[word] for word in sorted(new)]
        path.parent.mkdir(parents=True, exist_ok=True)
        tsv.write(path, MAPPING_COLUMNS, rows)
        yield f"{sum(1 for w in decided if w not in signed)} signed rows in lexicon/mappings/{source}.tsv"
