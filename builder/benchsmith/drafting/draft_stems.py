"""Drafts stems with a model: plans prompts, asks the unanswered ones, checks the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchsmith.documents import library as libraries
from benchsmith.documents.library import Library
from benchsmith.documents.pools import Rules, collect_rules
from benchsmith.documents.problems import Problems
from benchsmith.drafting import draft_document
from benchsmith.drafting.check_drafts import judge
from benchsmith.drafting.estimate import Price, Tokens, estimate, total
from benchsmith.drafting.stem_prompts import DraftScope, Prompt, prompts, template
from benchsmith.models.address import Address
from benchsmith.models.contract import Question, Reply
from benchsmith.models.endpoint import replies
from benchsmith.models.paid_answers import Answers

Say = Callable[[str], None]


@dataclass(slots=True)
class Run:
    """One run of drafting, and its progress."""

    home: Path
    scope: DraftScope
    endpoint: Address
    price: Price
    max_cost: float | None
    """Upper limit of the cost, in the currency of `price`; None for no limit."""
    say: Say
    used: Tokens = field(default_factory=Tokens)
    pending: dict[str, Tokens] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    stopped: bool = False

    def draft(self, agree: Callable[[str], bool]) -> None:
        """Draft stems; `agree` is called for confirmation before any request.

        Raises DocumentError for problems in documents, and ConnectionError if prompts remain
        unanswered.
        """
        problems = Problems(self.home)
        library, rules = read(self.home, self.scope.language, problems)
        prompt_template = template(self.home, problems)
        problems.raise_any()
        planned = list(prompts(library, rules, prompt_template, self.scope))
        if not planned:
            self.say("nothing to send: no label is placed in the selected tasks and modalities")
            return
        with Answers(self.answers) as answers:
            open_ = [p for p in planned if p.digest(self.endpoint.model) not in answers]
            guess = total(estimate(p, self.scope.candidates, self.scope.language) for p in open_)
            self.say(
                f"{len(planned)} prompts, {len(planned) - len(open_)} of them already answered"
            )
            if open_:
                self.say(f"{len(open_)} to send: about {self.price.describe(guess)} (estimated at "
                         f"4 characters per token)")  # fmt: skip
                if not agree(f"Ask {self.endpoint}?"):
                    self.say("no prompt was sent")
                    return
                self._ask(open_, answers)
                self.say(f"{len(open_) - len(self.failed) - self._left(open_, answers)} answered: "
                         f"{self.price.describe(self.used)}, as counted by the endpoint")  # fmt: skip
            self._write(planned, library, rules, prompt_template.template, list(answers))
        self._end(len(open_))

    @property
    def answers(self) -> Path:
        """The file that stores the model's answers."""
        name = draft_document.plain_name(self.endpoint.model)
        return self.home / draft_document.FOLDER / "answers" / f"{name}.jsonl"

    def _ask(self, open_: Sequence[Prompt], answers: Answers) -> None:
        """Send the prompts, and store each answer on arrival."""
        model = self.endpoint.model
        by_digest = {p.digest(model): p for p in open_}

        for digest, reply in replies(self.endpoint, self._questions(open_)):
            self.pending.pop(digest, None)
            prompt = by_digest[digest]
            if reply.fault:
                self.failed.append(f"{_about(prompt)}: {reply.fault}")
                continue
            answers.keep(digest, self._row(prompt, reply))
            self.used += Tokens(reply.input_tokens, reply.output_tokens)

    def _questions(self, open_: Sequence[Prompt]) -> Iterator[Question[str]]:
        """Yield the next prompt while the estimated total cost is within the limit."""
        for prompt in open_:
            digest = prompt.digest(self.endpoint.model)
            guess = estimate(prompt, self.scope.candidates, self.scope.language)
            cost = self.price.of(total((self.used, guess, *self.pending.values())))
            if self.max_cost is not None and cost is not None and cost > self.max_cost:
                self.stopped = True
                return
            self.pending[digest] = guess
            yield Question(digest, digest, prompt.messages())

    def _row(self, prompt: Prompt, reply: Reply) -> dict[str, Any]:
        """Return the stored record of an answer."""
        return {
            "task": prompt.task,
            "modality": prompt.modality,
            "granularity": prompt.granularity,
            "label": prompt.label,
            "language": self.scope.language,
            "several": self.scope.several,
            "count": self.scope.candidates,
            "model": self.endpoint.model,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "prompt": prompt.text,
            "answer": reply.text,
            "tokens_in": reply.input_tokens,
            "tokens_out": reply.output_tokens,
        }

    def _left(self, open_: Sequence[Prompt], answers: Answers) -> int:
        """Return how many prompts were not sent because of the cost limit."""
        there = sum(p.digest(self.endpoint.model) in answers for p in open_)
        return len(open_) - there - len(self.failed)

    def _write(
        self,
        planned: Sequence[Prompt],
        library: Library,
        rules: Rules,
        template_text: str,
        rows: Sequence[dict[str, Any]],
    ) -> None:
        """Write the drafts of every planned task, from all its stored answers."""
        language, model = self.scope.language, self.endpoint.model
        for task in sorted({p.task for p in planned}):
            answers = [
                r for r in rows if (r["task"], r["language"], r["model"]) == (task, language, model)
            ]
            if not answers:
                continue
            drafts, rejected = judge(answers, library.pools[task], rules)
            path = draft_document.place(self.home, task, language, model)
            about = {"task": task, "language": language, "model": model, "prompt": template_text}
            draft_document.write(path, about, drafts, rejected)
            self.say(f"{draft_document.FOLDER}/{path.name}: {len(drafts)} drafts to review, "
                     f"{len(rejected)} rejected")  # fmt: skip

    def _end(self, open_: int) -> None:
        """Report unsent prompts. Raises ConnectionError if prompts remain unanswered."""
        if self.stopped:
            self.say("stopped at the limit of --max-cost; run it again to continue")
        if self.failed:
            shown = "\n".join(f"  {line}" for line in self.failed[:5])
            raise ConnectionError(
                f"{len(self.failed)} of {open_} prompts have no answer; run it again:\n{shown}"
            )


def read(
    home: Path, language: str, problems: Problems, sources: frozenset[str] | None = None
) -> tuple[Library, Rules]:
    """Return the library, with all sources or only `sources`, and the rules of a language.

    Raises DocumentError with the problems found and those already in `problems`.
    """
    library = libraries.collect(home, problems, sources, languages=frozenset([language]))
    names = {language: library.lexicon.names_banned_in_stems(language)}
    rules = collect_rules(home / "question_pools", names, Problems(home))
    problems.raise_any()
    return library.in_language(language), rules[language]


def _about(prompt: Prompt) -> str:
    return f"{prompt.task}, {prompt.modality}, {prompt.granularity}, {prompt.label}"
