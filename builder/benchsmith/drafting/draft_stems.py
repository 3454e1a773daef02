"""Draft stems with a model: plan, ask what was not answered yet, judge, write down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchsmith.documents import library as libraries
from benchsmith.documents.library import Library
from benchsmith.documents.pools import Rules
from benchsmith.documents.pools import rules as read_rules
from benchsmith.documents.problems import Problems
from benchsmith.drafting import draft_document
from benchsmith.drafting.check_drafts import judge
from benchsmith.drafting.estimate import Price, Tokens, estimate, total
from benchsmith.drafting.stem_prompts import Prompt, Wanted, prompts, template
from benchsmith.models.address import Address
from benchsmith.models.contract import Question, Reply
from benchsmith.models.endpoint import replies
from benchsmith.models.paid_answers import Answers

Say = Callable[[str], None]


@dataclass(slots=True)
class Run:
    """One run of drafting: what it is about, and how far it is."""

    home: Path
    wanted: Wanted
    endpoint: Address
    price: Price
    most: float | None
    """Money that it must not cost more than."""
    say: Say
    used: Tokens = field(default_factory=Tokens)
    under_way: dict[str, Tokens] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    stopped: bool = False

    def draft(self, agree: Callable[[str], bool]) -> None:
        """Draft stems; `agree` is asked before anything costs.

        Raises DocumentError for documents, and ConnectionError where questions stay unanswered.
        """
        problems = Problems(self.home)
        library, rules = read(self.home, self.wanted.language, problems)
        form = template(self.home, problems)
        problems.raise_any()
        planned = list(prompts(library, rules, form, self.wanted))
        if not planned:
            self.say("nothing to ask: no label has its place in what was chosen")
            return
        with Answers(self.answers) as answers:
            open_ = [p for p in planned if p.digest(self.endpoint.model) not in answers]
            guess = total(estimate(p, self.wanted.candidates, self.wanted.language) for p in open_)
            self.say(
                f"{len(planned)} prompts, {len(planned) - len(open_)} of them answered already"
            )
            if open_:
                self.say(f"{len(open_)} to ask: about {self.price.say(guess)} (estimated: 4 "
                         f"characters are taken as a token)")  # fmt: skip
                if not agree(f"Ask {self.endpoint}?"):
                    self.say("nothing was asked")
                    return
                self._ask(open_, answers)
                self.say(f"{len(open_) - len(self.failed) - self._left(open_, answers)} answered: "
                         f"{self.price.say(self.used)}, as the endpoint counts")  # fmt: skip
            self._write(planned, library, rules, form.template, list(answers))
        self._end(len(open_))

    @property
    def answers(self) -> Path:
        """Where the answers of the model are kept."""
        name = draft_document.plain_name(self.endpoint.model)
        return self.home / draft_document.FOLDER / "answers" / f"{name}.jsonl"

    def _ask(self, open_: Sequence[Prompt], answers: Answers) -> None:
        """Ask, and write each answer down as it comes."""
        model = self.endpoint.model
        by_digest = {p.digest(model): p for p in open_}

        for digest, reply in replies(self.endpoint, self._questions(open_)):
            self.under_way.pop(digest, None)
            prompt = by_digest[digest]
            if reply.fault:
                self.failed.append(f"{_about(prompt)}: {reply.fault}")
                continue
            answers.keep(digest, self._row(prompt, reply))
            self.used += Tokens(reply.input_tokens, reply.output_tokens)

    def _questions(self, open_: Sequence[Prompt]) -> Iterator[Question[str]]:
        """Yield what to ask next, as long as the money lasts."""
        for prompt in open_:
            digest = prompt.digest(self.endpoint.model)
            guess = estimate(prompt, self.wanted.candidates, self.wanted.language)
            cost = self.price.of(total((self.used, guess, *self.under_way.values())))
            if self.most is not None and cost is not None and cost > self.most:
                self.stopped = True
                return
            self.under_way[digest] = guess
            yield Question(digest, digest, prompt.messages())

    def _row(self, prompt: Prompt, reply: Reply) -> dict[str, Any]:
        """Return what is kept of an answer."""
        return {
            "task": prompt.task,
            "modality": prompt.modality,
            "granularity": prompt.granularity,
            "label": prompt.label,
            "language": self.wanted.language,
            "several": self.wanted.several,
            "count": self.wanted.candidates,
            "model": self.endpoint.model,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "prompt": prompt.text,
            "answer": reply.text,
            "tokens_in": reply.input_tokens,
            "tokens_out": reply.output_tokens,
        }

    def _left(self, open_: Sequence[Prompt], answers: Answers) -> int:
        """Return how many were not asked, since the money did not last."""
        there = sum(p.digest(self.endpoint.model) in answers for p in open_)
        return len(open_) - there - len(self.failed)

    def _write(
        self,
        planned: Sequence[Prompt],
        library: Library,
        rules: Rules,
        form: str,
        rows: Sequence[dict[str, Any]],
    ) -> None:
        """Write the drafts of every task that was asked about, from all its answers so far."""
        language, model = self.wanted.language, self.endpoint.model
        for task in sorted({p.task for p in planned}):
            of = [
                r for r in rows if (r["task"], r["language"], r["model"]) == (task, language, model)
            ]
            if not of:
                continue
            drafts, refused = judge(of, library.pools[task], rules)
            path = draft_document.place(self.home, task, language, model)
            about = {"task": task, "language": language, "model": model, "prompt": form}
            draft_document.write(path, about, drafts, refused)
            self.say(f"{draft_document.FOLDER}/{path.name}: {len(drafts)} drafts to read, "
                     f"{len(refused)} refused")  # fmt: skip

    def _end(self, open_: int) -> None:
        """Say what is still open. Raises ConnectionError where questions stay unanswered."""
        if self.stopped:
            self.say("stopped before it would cost more than --max-cost; run it again to go on")
        if self.failed:
            shown = "\n".join(f"  {line}" for line in self.failed[:5])
            raise ConnectionError(
                f"{len(self.failed)} of {open_} prompts have no answer; run it again:\n{shown}"
            )


def read(
    home: Path, language: str, problems: Problems, sources: frozenset[str] | None = None
) -> tuple[Library, Rules]:
    """Return the library, of `sources` or all, and the rules of a language. Raises DocumentError."""
    library = libraries.read(home, problems, sources, languages=frozenset([language]))
    names = {language: library.lexicon.stem_names(language)}
    rules = read_rules(home / "question_pools", names, Problems(home))
    problems.raise_any()
    return library.speaking(language), rules[language]


def _about(prompt: Prompt) -> str:
    return f"{prompt.task}, {prompt.modality}, {prompt.granularity}, {prompt.label}"
