"""The questions of `benchsmith start`, at most ten; without a terminal options answer them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import typer

from benchsmith.cli.app import known

if TYPE_CHECKING:
    from benchsmith.documents.lexicon import Lexicon
    from benchsmith.drafting.decide_recipe import Answers, OpenLine
    from benchsmith.drafting.sign_mapping import Drafted

KINDS = ("manual", "atlas", "model-output", "derived", "metadata", "synthetic")
SHOWN = 20
KEYS: dict[str, Literal["all", "exact", "none"]] = {"a": "all", "e": "exact", "n": "none"}


class Given(NamedTuple):
    """The values of the command's options; None where none was given."""

    licence: str | None
    homepage: str | None
    citation: str | None
    labels_are: str | None
    modality: str | None
    names: str | None
    label: str | None
    exhaustive: bool | None
    sign: str | None
    accept: str | None


class Asked:
    """Takes an option's value, else asks a person, else takes the default."""

    def __init__(self, given: Given, lexicon: Lexicon) -> None:
        self._given, self._lexicon = given, lexicon
        self._terminal = sys.stdin.isatty()

    def answers(self, lines: Sequence[OpenLine], words: dict[str, str]) -> Answers:
        """Ask what a drafted recipe leaves open. Raises DocumentError for an unknown id."""
        from benchsmith.drafting.decide_recipe import Answers

        open_keys = {line.key for line in lines}
        values: dict[str, str] = {}
        if "licence" in open_keys:
            question = "Licence of the data: an id of lexicon/licences.tsv, such as cc-by-4.0"
            values["licence"] = self._text("--licence", self._given.licence, question, "")
            known("licence", values["licence"], self._lexicon.licences)
        if "homepage" in open_keys:
            values["homepage"] = self._text(
                "--homepage",
                self._given.homepage,
                "Where the data come from",
                "https://example.org",
            )
        if "citation" in open_keys:
            values["citation"] = self._text(
                "--citation", self._given.citation, "How the data are cited", "unknown"
            )
        if "labels_are" in open_keys:
            question = f"The labels are: {', '.join(KINDS)}"
            values["labels_are"] = self._text(
                "--labels-are", self._given.labels_are, question, "manual"
            )
            known("kind of labels", values["labels_are"], KINDS)
        values |= self._modality(lines)
        if any(line.key == "label" for line in lines):
            drafted = next(line.value for line in lines if line.key == "label")
            question = "What the masks or boxes mark"
            values["label"] = self._text("--label", self._given.label, question, drafted)
        if "exhaustive" in open_keys:
            values["exhaustive"] = self._yes(
                self._given.exhaustive, "Was every listed label looked for in every picture?"
            )
        return Answers(values, self._words(words))

    def _modality(self, lines: Sequence[OpenLine]) -> dict[str, str]:
        """Ask for the modality if there is one guess; several guesses are taken as they are."""
        guesses = {line.value: line.why for line in lines if line.key == "modality"}
        if self._given.modality is None and len(guesses) != 1:
            return {}
        (guess, why), *_ = guesses.items() or [("", "")]
        chosen = self._text("--modality", self._given.modality, f"Modality ({why})", guess)
        known("modality", chosen, self._lexicon.modalities.terms)
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

    def accepted(self, rows: Sequence[Drafted]) -> Literal["all", "exact", "none"]:
        """Ask which suggested labels are accepted; one key press answers for all."""
        for row in rows[:SHOWN]:
            best = f"{row.label} {row.score}" if row.label else "no suggestion"
            typer.echo(f"  {row.word}: {best}{'' if row.filled else ' (not filled in)'}", err=True)
        if len(rows) > SHOWN:
            typer.echo(f"  and {len(rows) - SHOWN} more words", err=True)
        if self._given.accept is not None:
            known("choice", self._given.accept, KEYS.values())
            return next(v for v in KEYS.values() if v == self._given.accept)
        if not self._terminal:
            return "exact"
        typer.echo("Accept: a = all that are filled in, e = exact ones, n = none", err=True)
        key = ""
        while key not in KEYS:
            key = typer.getchar()
        return KEYS[key]

    def signature(self) -> str:
        """Ask for the id that signs rows. Raises DocumentError for an invalid one."""
        from benchsmith.documents.problems import DocumentError, Problem

        who = self._text("--sign", self._given.sign, "Your id, which signs the rows", "")
        if not who.replace("-", "").isalnum() or who != who.lower():
            what = f"{who!r} cannot be an id: use lower case letters, digits and hyphens"
            raise DocumentError([Problem.without_place(what)])
        return who

    def _text(self, option: str, given: str | None, question: str, default: str) -> str:
        if given is not None:
            return given
        if self._terminal:
            return str(typer.prompt(question, default=default or None, err=True)).strip()
        if not default:
            from benchsmith.documents.problems import DocumentError, Problem

            what = f"without a terminal `{option}` is needed"
            raise DocumentError([Problem.without_place(what, question)])
        return default

    def _yes(self, given: bool | None, question: str) -> str:
        if given is None and self._terminal:
            given = typer.confirm(question, default=False, err=True)
        return "true" if given else "false"


def _pair(text: str) -> tuple[str, str]:
    word, mark, name = text.partition("=")
    if not mark or not name.strip():
        from benchsmith.documents.problems import DocumentError, Problem

        what = f"{text.strip()!r} is no `value=name`"
        raise DocumentError([Problem.without_place(what, "such as `1=liver,2=spleen`")])
    return word.strip(), name.strip()
