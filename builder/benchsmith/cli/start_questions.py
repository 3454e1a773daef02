"""The questions of `benchsmith start`, at most ten; without a terminal options answer them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import typer

from benchsmith.cli.app import known
from benchsmith.cli.plain_output import warn
from benchsmith.cli.start_words import Chosen, choose

if TYPE_CHECKING:
    from benchsmith.documents.lexicon import Lexicon
    from benchsmith.drafting.decide_recipe import Answers, OpenLine
    from benchsmith.drafting.sign_mapping import Drafted

KINDS = ("manual", "atlas", "model-output", "derived", "metadata", "synthetic")

MOST = 10
"""Questions that are asked, but for those that a person asks for."""


class Given(NamedTuple):
    """The values of the command's options; None if an option was not given."""

    licence: str | None
    homepage: str | None
    citation: str | None
    labels_are: str | None
    modality: str | None
    names: str | None
    patient: str | None
    label: str | None
    exhaustive: bool | None
    sign: str | None
    accept: str | None
    words: Sequence[str]


class Asked:
    """Takes an option's value, or else asks a person, or else takes the default."""

    def __init__(self, given: Given, lexicon: Lexicon) -> None:
        self._given, self._lexicon = given, lexicon
        self._terminal = sys.stdin.isatty()
        self._asked = 0
        self._chose = False

    def answers(self, lines: Sequence[OpenLine], words: dict[str, str]) -> Answers:
        """Ask what a drafted recipe leaves open. Raises DocumentError for an unknown id."""
        from benchsmith.drafting.decide_recipe import Answers, open_labels, several_open

        open_keys = {line.key for line in lines}
        values: dict[str, str] = {}
        if "licence" in open_keys:
            question = "Licence of the data: an id of lexicon/licences.tsv, such as cc-by-4.0"
            values["licence"] = self._one_of(
                self._lexicon.licences, "licence", "--licence", self._given.licence, question, ""
            )
        if "homepage" in open_keys:
            values["homepage"] = self._text(
                "--homepage",
                self._given.homepage,
                "Where the data come from",
                "https://example.org",
            )
        # at most ten questions are asked, so the citation stays as drafted, which is printed
        eleven = self._chose and words and len(open_labels(lines)) == 1
        if "citation" in open_keys and not eleven:
            values["citation"] = self._text(
                "--citation", self._given.citation, "How the data are cited", "unknown"
            )
        if "labels_are" in open_keys:
            question = f"The labels are: {', '.join(KINDS)}"
            drafted_kind = next(line.value for line in lines if line.key == "labels_are")
            given = self._given.labels_are
            values["labels_are"] = self._one_of(
                KINDS, "kind of labels", "--labels-are", given, question, drafted_kind
            )
        values |= self._modality(lines)
        if self._given.patient is not None:
            values["patient"] = self._given.patient
        drafted = open_labels(lines)
        if len(drafted) == 1:
            question = "What the masks or boxes mark"
            values["label"] = self._text("--label", self._given.label, question, drafted[0])
        elif drafted and self._given.label is not None:
            raise several_open(drafted)
        if "exhaustive" in open_keys:
            values["exhaustive"] = self._yes(
                self._given.exhaustive, "Was every listed label looked for in every picture?"
            )
        return Answers(values, self._words(words))

    def candidate(self, found: Sequence[str], contradictions: Sequence[str]) -> int:
        """Ask which way to read the folder is right; without a terminal it is the first.

        Raises DocumentError without a terminal if files contradict each other, because no default can be right.
        """
        from benchsmith.documents.problems import DocumentError, Problem

        if contradictions and not self._terminal:
            ways = "; ".join(f"{n}: {what}" for n, what in enumerate(found, start=1))
            hint = f"choose with `--candidate N`: {ways}" if ways else "choose with `--candidate 1`"
            raise DocumentError([Problem.without_place(each, hint) for each in contradictions])
        if len(found) < 2:
            return 1
        self._chose = self._terminal
        numbers = [str(number) for number in range(1, len(found) + 1)]
        question = f"Which candidate is right, 1 to {len(found)}"
        return int(self._one_of(numbers, "candidate", "--candidate", None, question, "1"))

    def _modality(self, lines: Sequence[OpenLine]) -> dict[str, str]:
        """Ask for the modality if there is one guess; several guesses are taken as drafted."""
        guesses = {line.value: line.why for line in lines if line.key == "modality"}
        if self._given.modality is None and len(guesses) != 1:
            return {}
        (guess, why), *_ = guesses.items() or [("", "")]
        chosen = self._one_of(
            self._lexicon.modalities.terms, "modality", "--modality", self._given.modality,
            f"Modality ({why})", guess,
        )  # fmt: skip
        return {"modality": chosen}

    def _words(self, words: dict[str, str]) -> dict[str, str]:
        """Ask for the names of values, colours and codes in one line."""
        if not words:
            return {}
        shown = ", ".join(words)
        example = ",".join(f"{word}=NAME" for word in list(words)[:2])
        text = self._text("--names", self._given.names, f"Names of {shown}: {example}", "none")
        if text == "none":
            return {}
        pairs = dict(_pair(part) for part in text.split(",") if part.strip())
        for word in pairs:
            known("value", word, words)
        return pairs

    def accepted(self, rows: Sequence[Drafted]) -> Chosen:
        """Ask which labels the words get; one key answers for all, or for each."""
        given = self._given
        most = MOST - 1 - self._asked  # the signature is one of the questions
        return choose(
            rows, given.accept, given.words, self._lexicon.labels,
            terminal=self._terminal, most=most,
        )  # fmt: skip

    def signature(self) -> str:
        """Ask for the id that signs rows. Raises DocumentError for an invalid one."""
        from benchsmith.documents.problems import DocumentError, Problem

        who = self._text("--sign", self._given.sign, "Your id, which signs the rows", "")
        if not who.replace("-", "").isalnum() or who != who.lower():
            what = f"{who!r} cannot be an id: use lower case letters, digits and hyphens"
            raise DocumentError([Problem.without_place(what)])
        return who

    def _one_of(
        self,
        names: Iterable[str],
        kind: str,
        option: str,
        given: str | None,
        question: str,
        default: str,
    ) -> str:
        """Ask for a name, in a terminal until it is known. Raises DocumentError otherwise."""
        from benchsmith.documents.problems import DocumentError

        while True:
            text = self._text(option, given, question, default)
            try:
                known(kind, text, names)
            except DocumentError as error:
                if given is not None or not self._terminal:
                    raise
                warn(f"  {error}")
            else:
                return text

    def _text(self, option: str, given: str | None, question: str, default: str) -> str:
        if given is not None:
            return given
        if self._terminal:
            self._asked += 1
            return str(typer.prompt(question, default=default or None)).strip()
        if not default:
            from benchsmith.documents.problems import DocumentError, Problem

            what = f"`{option}` is required without a terminal"
            raise DocumentError([Problem.without_place(what, question)])
        return default

    def _yes(self, given: bool | None, question: str) -> str:
        if given is None and self._terminal:
            self._asked += 1
            given = typer.confirm(question, default=False)
        return "true" if given else "false"


def _pair(text: str) -> tuple[str, str]:
    word, mark, name = text.partition("=")
    if not mark or not name.strip():
        from benchsmith.documents.problems import DocumentError, Problem

        what = f"{text.strip()!r} is not a `value=name`"
        raise DocumentError([Problem.without_place(what, "such as `1=liver,2=spleen`")])
    return word.strip(), name.strip()
