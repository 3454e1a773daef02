"""Mappings: what a source's word stands for; exactly, broadly, or nothing that is asked about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchsmith.core.build_files import LATEST, MANIFEST, REJECTED, ROWS, STAGES_FOLDER
from benchsmith.documents import tsv
from benchsmith.documents.lexicon import MAPPING, Lexicon
from benchsmith.documents.problems import Problems
from benchsmith.mesh import concept_table as mesh
from benchsmith.mesh.concept import Concept
from benchsmith.mesh.suggest import Suggester, Suggestion
from benchsmith.review.act_store import Store
from benchsmith.review.contract import Desk, Given, Picture, Refused, Told, Unknown, shown, text_of
from benchsmith.review.label_examples import Examples
from benchsmith.text.normal_form import normal

RELATIONS = {
    "exact": "stands for the label",
    "broad": "is narrower than the label, or about the same",
    "drop": "is nothing that is asked about",
}
FOUND = 20
"""Labels that a search shows."""
BETWEEN = ": "


@dataclass(frozen=True, slots=True)
class Word:
    """A source's word without a signed row."""

    source: str
    raw: str
    stated: int
    """How often the build met it; 0 where it stands in an unsigned row alone."""
    drafted: str
    """The label that an unsigned row has."""


class Mappings(Desk):
    """Words that the lexicon does not know. One signature is enough, as in the table by hand."""

    name = "mappings"
    title = "Mappings"
    writes = "lexicon/mappings/"

    def __init__(
        self, store: Store, home: Path, lexicon: Lexicon, sources: Iterable[str], build: Path | None,
        examples: Examples | None,
    ) -> None:  # fmt: skip
        """`build` is a benchmark's folder of results, whose unmapped words are added."""
        super().__init__(store)
        self._home, self._lexicon, self._examples = home, lexicon, examples
        self._words = {
            f"{w.source}{BETWEEN}{w.raw}": w for w in words_of(home, sorted(sources), build)
        }

    @cached_property
    def _suggester(self) -> Suggester:
        return Suggester(self._lexicon, self._mesh)

    @cached_property
    def _mesh(self) -> list[Concept]:
        return mesh.read(self._home)

    @cached_property
    def _concepts(self) -> dict[str, Concept]:
        return {c.concept: c for c in self._mesh if c.concept}

    def opening(self, who: str) -> dict[str, Any]:
        """Return what a word may be to a label."""
        return {"relations": list(RELATIONS.items())}

    def queue(self, who: str) -> list[str]:
        """Return the words that nobody has decided, those that are met most first."""
        decided = {act.item for act in self.store.standing(self.name, self.about)}
        left = [name for name in self._words if name not in decided]
        return sorted(left, key=lambda name: (-self._words[name].stated, name))

    def show(self, item: str, who: str) -> dict[str, Any]:
        """Show a word, a picture that it was said of, and what it may stand for."""
        word = self._word(item)
        (found,) = self._suggester.suggest([word.raw])
        content = {
            "id": item,
            "source": word.source,
            "raw": word.raw,
            "stated": word.stated,
            "drafted": word.drafted,
            "suggestions": [self._suggestion(s) for s in found],
            "examples": self._examples.of_word(word.source, word.raw) if self._examples else [],
        }
        acts = self.store.of(self.name, self.about, item)
        return {**shown(content), "decided": [{"who": a.who, **a.value} for a in acts]}

    def _suggestion(self, found: Suggestion) -> dict[str, Any]:
        told: dict[str, Any] = (
            self._label(found.label) if found.label else {"id": "", "name": found.name, "line": []}
        )
        concept = self._concepts.get(found.concept or told.get("mesh", ""))
        scope = concept.scope_note if concept else ""
        return {**told, "score": round(found.score), "by": found.by, "doubt": found.doubt, "concept": found.concept, "scope": scope}  # fmt: skip

    def _label(self, id_: str) -> dict[str, Any]:
        labels = self._lexicon.labels
        term = labels[id_]
        return {"id": id_, "name": term.name, "line": [labels[a].name for a in labels.line_up(id_)[:0:-1]],
                "synonyms": term.synonyms, "mesh": term.mesh, "note": term.note}  # fmt: skip

    def _word(self, item: str) -> Word:
        if item not in self._words:
            raise Unknown("such word")
        return self._words[item]

    def check(self, item: str, who: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return a decision as it is kept."""
        self._word(item)
        relation, label, note = (text_of(value, n) for n in ("relation", "label", "note"))
        if relation not in RELATIONS:
            raise Refused("exact, broad or drop?")
        if relation == "drop" and not note:
            raise Refused("say in the note why it is dropped")
        if relation != "drop" and label not in self._lexicon.labels:
            raise Refused("choose a label")
        return {"relation": relation, "label": "" if relation == "drop" else label, "note": note}

    def ask(self, what: str, given: Given, who: str) -> dict[str, Any]:
        """Search the labels by name, synonym or id."""
        if what != "labels":
            raise Unknown("such question")
        wanted = normal(given.get("q", ""))
        names = self._lexicon.labels.names() if wanted else []
        near = sorted(
            (n for n in names if wanted in n), key=lambda n: (not n.startswith(wanted), len(n), n)
        )
        ids = dict.fromkeys(t.id for n in near if (t := self._lexicon.labels.by_name(n)))
        return {"labels": [self._label(id_) for id_ in list(ids)[:FOUND]]}

    def picture(self, given: Given) -> Picture:
        """Return a picture that the word was said of."""
        if self._examples is None:
            raise Unknown("such picture")
        return self._examples.picture(given)

    def told(self) -> Told:
        """Return how many words are open."""
        acts = self.store.standing(self.name, self.about)
        decided = {a.item for a in acts}
        figures = [
            ("words without a signed row", str(len(self._words))),
            ("decided", str(len(decided))),
        ]
        by: dict[str, list[str]] = {}
        for act in acts:
            said = f"{act.who}: {act.value['relation']} {act.value['label']}".strip()
            by.setdefault(act.item, []).append(said)
        differ = [
            f"{item}: {'; '.join(said)}" for item, said in sorted(by.items()) if len(said) > 1
        ]
        return Told(self.title, figures, differ)

    def write(self, who: str) -> Iterator[str]:
        """Write the decisions as signed rows. A row that is signed already stays as it is."""
        decided: dict[str, dict[str, dict[str, str]]] = {}
        for act in self.store.standing(self.name, self.about):
            source, _, raw = act.item.partition(BETWEEN)
            row = {"raw": raw, **act.value, "reviewed_by": act.who}
            before = decided.setdefault(source, {}).get(normal(raw))
            if before is None:
                decided[source][normal(raw)] = row
            elif (before["relation"], before["label"]) == (row["relation"], row["label"]):
                before["reviewed_by"] += tsv.LIST_SEPARATOR + act.who
            else:
                yield f"{act.item}: {before['reviewed_by']} and {act.who} differ; it is not written"
                before["differs"] = "yes"
        for source, found in sorted(decided.items()):
            agreed = {word: row for word, row in found.items() if "differs" not in row}
            yield from self._write(source, agreed)

    def _write(self, source: str, decided: Mapping[str, dict[str, str]]) -> Iterator[str]:
        path = self._home / "lexicon" / "mappings" / f"{source}.tsv"
        problems = Problems(self._home)
        rows = [dict(r.cells) for r in tsv.read(path, MAPPING, problems)] if path.is_file() else []
        problems.raise_any()
        signed = {normal(r["raw"]) for r in rows if r["reviewed_by"]}
        new = {word: row for word, row in decided.items() if word not in signed}
        rows = [new.pop(normal(r["raw"]), r) for r in rows]
        rows += [new[word] for word in sorted(new)]
        path.parent.mkdir(parents=True, exist_ok=True)
        tsv.write(path, MAPPING, rows)
        yield f"{sum(1 for w in decided if w not in signed)} signed rows in lexicon/mappings/{source}.tsv"


def words_of(home: Path, sources: Iterable[str], build: Path | None) -> Iterator[Word]:
    """Yield the words of some sources that no signed row decides: drafted ones, and unmapped ones."""
    parts = json.loads((build / LATEST).read_text("utf-8")) if build else {}
    for source in sources:
        path = home / "lexicon" / "mappings" / f"{source}.tsv"
        rows = tsv.read(path, MAPPING, Problems(home)) if path.is_file() else []
        found = {
            normal(r["raw"]): Word(source, r["raw"], 0, r["label"])
            for r in rows
            if not r["reviewed_by"]
        }
        signed = {normal(r["raw"]) for r in rows if r["reviewed_by"]}
        if build and source in parts["normalise"]:
            for raw, n in _unmapped(build, parts, source).items():
                word = normal(raw)
                drafted = found[word].drafted if word in found else ""
                if word not in signed:
                    found[word] = Word(source, raw, n, drafted)
        yield from (found[word] for word in sorted(found))


def _unmapped(build: Path, parts: Mapping[str, Mapping[str, str]], source: str) -> dict[str, int]:
    """Return how often a finished build met each word that it had no label for."""
    folders = [build / STAGES_FOLDER / s / parts[s][source] for s in ("normalise", "ingest")]
    if not all((f / MANIFEST).is_file() for f in folders):
        return {}
    left = pq.read_table(folders[0] / REJECTED, columns=["subject", "reason"])
    lost = left.filter(pc.equal(left["reason"], "unmapped-label"))["subject"]
    said = pq.read_table(folders[1] / ROWS, columns=["id", "raw"])
    met = said.filter(pc.is_in(said["id"], lost.combine_chunks()))["raw"].value_counts()
    return {row["values"]: row["counts"] for row in met.to_pylist()}
