"""Questions: accept, edit or reject the stems that a model drafted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchsmith.documents import signed_stems, tsv
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.pools import Pool, Rules
from benchsmith.documents.problems import DocumentError, Problems
from benchsmith.documents.signed_stems import (
    ACCEPTED_COLUMNS,
    ACCEPTED_FILE,
    REJECTED_COLUMNS,
    REJECTED_FILE,
)
from benchsmith.documents.stem_likeness import duplicate, skeleton
from benchsmith.documents.stems import lengths, placeholders
from benchsmith.drafting import accept_stem, draft_document
from benchsmith.review.act_store import Action, ActionStore
from benchsmith.review.contract import (
    Desk,
    DeskReport,
    NotFound,
    Parameters,
    Refused,
    text_of,
    with_fingerprint,
)

WHY = {
    "not-medical": "no clinician would ask this way",
    "unclear": "the question is unclear",
    "gives-away": "it reveals something about the answer",
    "again": "another stem already says this",
    "language": "the language is wrong",
    "other": "another reason, given in the note",
}
MAX_STEM_CHARACTERS = 400
Place = tuple[str, str, str, bool]
"""Task, language, granularity, and whether several answers are asked for."""


class Questions(Desk):
    """One signature suffices, as for `draft accept`; a stem that breaks a rule cannot be accepted."""

    name = "questions"
    title = "Questions"
    fills = "There are no drafted stems. `benchsmith draft questions` lets a model write some."
    writes = "question_pools/"

    def __init__(
        self, store: ActionStore, home: Path, lexicon: Lexicon,
        pools: Mapping[str, Mapping[str, Pool]], rules: Mapping[str, Rules],
    ) -> None:  # fmt: skip
        """`pools` by language and task, `rules` by language."""
        super().__init__(store)
        self._home, self._lexicon, self._pools, self._rules = home, lexicon, pools, rules
        gone = {
            (r["task"], r["language"], r["granularity"], r["answers"], r["stem"])
            for r in signed_stems.rejected(home, Problems(home))
        }
        self._drafts: dict[str, draft_document.Draft] = {}
        for path in sorted((home / draft_document.FOLDER).glob("*.yaml")):
            for id_, draft in draft_document.read(path).items():
                answers = "several" if draft.several else "one"
                place = (draft.task, draft.language, draft.granularity, answers, draft.stem)
                stands = any(s.text == draft.stem for s in self._standing(draft))
                if draft.language in rules and place not in gone and not stands:
                    self._drafts[f"{path.stem}/{id_}"] = draft

    def page_data(self, who: str) -> dict[str, Any]:
        """Return the reasons for rejecting a stem."""
        return {"why": list(WHY.items())}

    def queue(self, who: str) -> list[str]:
        """Return the undecided drafts."""
        decided = {act.item for act in self.store.current(self.name, self.about)}
        return [name for name in self._drafts if name not in decided]

    def show(self, item: str, who: str) -> dict[str, Any]:
        """Return a draft, the existing stems of its place, and the rules that it breaks."""
        draft = self._draft(item)
        pool, language = (
            self._pools[draft.language][draft.task],
            self._rules[draft.language].language,
        )
        shortest, longest = lengths(language)
        content = {
            "id": item,
            "stem": draft.stem,
            "task": self._lexicon.tasks[draft.task].name,
            "granularity": self._lexicon.granularities[draft.granularity].name,
            "language": language.name,
            "several": draft.several,
            "model": draft.model,
            "placeholders": placeholders(pool.words.noun_of(several=draft.several)),
            "cues": pool.words.cues,
            "places": getattr(self._rules[draft.language].cues, draft.granularity),
            "lengths": [shortest, longest],
            "standing": [s.text for s in self._standing(draft)],
        }
        acts = self.store.current_of(self.name, self.about, item)
        return {
            **with_fingerprint(content),
            "faults": self.faults(draft, draft.stem),
            "decided": [{"who": a.who, **a.value} for a in acts],
        }

    def _standing(self, draft: draft_document.Draft) -> tuple[Any, ...]:
        pool = self._pools.get(draft.language, {}).get(draft.task)
        if pool is None:
            return ()
        return (pool.several if draft.several else pool.stems).get(draft.granularity, ())

    def _draft(self, item: str) -> draft_document.Draft:
        if item not in self._drafts:
            raise NotFound("such draft")
        return self._drafts[item]

    def faults(self, draft: draft_document.Draft, stem: str) -> list[str]:
        """Return every rule that a stem breaks at a draft's place, in the words of `check`."""
        rules = self._rules[draft.language]
        pool = self._pools[draft.language][draft.task]
        check = rules.checker(pool.words)
        found = list(check.faults(stem, draft.granularity, several=draft.several))
        said = [(skeleton(s.text), s.at) for s in self._standing(draft)]
        if what := duplicate(skeleton(stem), said, rules.language):
            found.append(what)
        return found

    def ask(self, what: str, given: Parameters, who: str) -> dict[str, Any]:
        """Check a stem while it is edited."""
        if what != "faults":
            raise NotFound("such question")
        stem = given.get("stem", "")[:MAX_STEM_CHARACTERS]
        return {"faults": self.faults(self._draft(given.get("id", "")), stem)}

    def check(self, item: str, who: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Validate a decision: an accepted stem, or a rejection with its reason."""
        draft = self._draft(item)
        decision, reason, note = (text_of(value, n) for n in ("decision", "reason", "note"))
        stem = text_of(value, "stem", most=MAX_STEM_CHARACTERS)
        if decision == "accept":
            if faults := self.faults(draft, stem):
                raise Refused(f"this stem {'; '.join(faults)}")
            return {"decision": decision, "stem": stem, "edited": stem != draft.stem}
        if decision != "reject" or reason not in WHY:
            raise Refused("accept it, or give a reason for rejecting it")
        if reason == "other" and not note:
            raise Refused("describe the reason in the note")
        return {"decision": decision, "reason": reason, "note": note}

    def report(self) -> DeskReport:
        """Return the numbers of drafts and decisions."""
        acts = self.store.current(self.name, self.about)
        decisions = [act.value["decision"] for act in acts]
        edited = sum(act.value.get("edited", False) for act in acts)
        figures = [
            ("drafts", str(len(self._drafts))),
            ("accepted", f"{decisions.count('accept')}, {edited} of them edited"),
            ("rejected", str(decisions.count("reject"))),
        ]
        return DeskReport(self.title, figures)

    def write(self, who: str) -> Iterator[str]:
        """Write accepted stems to their pools and rejected ones to a table, with signatures.

        An accepted stem that now breaks a rule, because of another accepted stem, is not written.
        """
        acts = self.store.current(self.name, self.about)
        done: set[str] = set()
        first: dict[str, Action] = {}
        for act in sorted(acts, key=lambda a: a.time):
            first.setdefault(act.item, act)
        gone = [dict(r.cells) for r in signed_stems.rejected(self._home, Problems(self._home))]
        for item, act in sorted(first.items()):
            draft = self._drafts.get(item)
            if draft is None or self._signed(draft, act.value.get("stem", "")):
                done.add(item)
                continue
            if act.value["decision"] == "accept":
                try:
                    at = accept_stem.put(
                        self._home, replace(draft, stem=act.value["stem"]), act.who
                    )
                except DocumentError as error:
                    yield from (f"{item} is not written: {p}" for p in error.problems)
                    continue
                yield f"{item} is written to {at}, signed by {act.who}"
            else:
                row = {**asdict(draft), "answers": "several" if draft.several else "one"}
                why = act.value["reason"] + (f": {act.value['note']}" if act.value["note"] else "")
                row |= {"signed_by": act.who, "time": act.time, "reason": why}
                gone.append({c: str(row[c]) for c in REJECTED_COLUMNS})
                yield f"{item} is rejected in {REJECTED_FILE}, signed by {act.who}"
            done.add(item)
        if gone:
            gone.sort(key=lambda row: tuple(row[c] for c in REJECTED_COLUMNS))
            tsv.write(self._home / REJECTED_FILE, REJECTED_COLUMNS, gone)
        self._drafts = {name: d for name, d in self._drafts.items() if name not in done}

    def _signed(self, draft: draft_document.Draft, stem: str) -> bool:
        """Return whether a stem is already in the table of accepted stems."""
        path = self._home / ACCEPTED_FILE
        rows = tsv.collect(path, ACCEPTED_COLUMNS, Problems(self._home)) if path.is_file() else []
        place = (draft.task, draft.language, draft.granularity, stem)
        return any((r["task"], r["language"], r["granularity"], r["stem"]) == place for r in rows)
