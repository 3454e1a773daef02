"""The words of an adopted benchmark under the names of a project's tree, and its licence's name."""

from __future__ import annotations

from pathlib import Path

from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.adoption import NOT_STATED
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.tree import Term
from benchsmith.text.normal_form import normal


class TreeWords:
    """Finds words in a lexicon; without a lexicon, or if unknown, they are returned unchanged."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon
        self.unknown: dict[str, set[str]] = {}
        """By axis, the words of the benchmark that the lexicon does not have."""

    @classmethod
    def of(cls, home: Path) -> TreeWords:
        """Return the words of a project; none for a folder without a lexicon.

        Raises DocumentError for a lexicon with problems.
        """
        folder = home / "lexicon"
        return cls(lexicons.read(folder) if folder.is_dir() else None)

    def named(self, axis: str, word: str) -> str:
        """Return the name of a term of an axis (task, modality, department); otherwise the word itself."""
        found = self._term(axis, word)
        if found is None and self._lexicon and word != NOT_STATED:
            self.unknown.setdefault(axis, set()).add(word)
        return found.name if found else word

    def below(self, axis: str, word: str) -> set[str]:
        """Return the names of a term and of all terms below it; none for an unknown word."""
        terms = self._lexicon.axes.get(axis) if self._lexicon else None
        top = self._term(axis, word)
        if terms is None or top is None:
            return set()
        return {term.name for term in terms if top.id in terms.lineage(term.id)}

    def licence(self, id_: str) -> tuple[str, str]:
        """Return the name and URL of a licence; for an unknown one, its own text and no URL."""
        found = self._lexicon.licences.get(id_) if self._lexicon else None
        return (found.name, found.url) if found else (id_, "")

    def _term(self, axis: str, word: str) -> Term | None:
        terms = self._lexicon.axes.get(axis) if self._lexicon else None
        return (terms.terms.get(word) or terms.by_name(normal(word))) if terms else None
