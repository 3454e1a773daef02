"""Problems of documents: what is wrong, in which line, and what to do about it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchsmith.core.errors import BenchsmithError
from benchsmith.documents import shipped
from benchsmith.text.printed import printed

MAX_PER_FILE = 200
"""Problems of one file that are listed; a file with more is broken in one way many times."""
MAX_LETTERS = 1_000
"""Letters of a message: names and values in it may be as long as the file."""
MAX_KNOWN = 20_000
"""Known words among which a similar one is looked for; the work is that for each problem."""
MAX_WORD = 100
"""Letters of a word that a similar one is looked for."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem: ``file:line: what; hint``."""

    file: str
    line: int
    what: str
    hint: str = ""

    @classmethod
    def without_place(cls, what: str, hint: str = "") -> Problem:
        """Return a problem of no file, such as a wrong argument of a command."""
        return cls("", 0, what, hint)

    def __str__(self) -> str:
        """Return the problem as one line; a problem of no file has no place."""
        place = f"{self.file}:{self.line}: " if self.file else ""
        return printed(place + self.what + (f"; {self.hint}" if self.hint else ""))


class DocumentError(BenchsmithError):
    """One or more documents, or a command's arguments, are wrong; carries all problems."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(p) for p in self.problems))


class Problems:
    """Collects problems while documents are read."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.found: list[Problem] = []
        self._count: Counter[str] = Counter()
        self._shown: dict[Path, str] = {}

    def show(self, path: Path) -> str:
        """Return a file's path relative to the project, for display; shipped ones are marked."""
        shown = self._shown.get(path)
        if shown is None:  # asked for each row of a table
            own = path.is_relative_to(self.home)
            shown = path.relative_to(self.home).as_posix() if own else shipped.show(path)
            shown = self._shown[path] = shown or str(path)
        return shown

    def add(self, path: Path, line: int, what: str, hint: str | Callable[[], str] = "") -> None:
        """Add a problem; at most `MAX_PER_FILE` of each file are listed, and then a line that says so.

        A hint that takes time to find is given as a function (`nearest`): it is called only if the
        problem is listed.
        """
        file = self.show(path)
        self._count[file] += 1
        if self._count[file] <= MAX_PER_FILE:
            said = hint if isinstance(hint, str) else hint()
            self.found.append(Problem(file, line, _cut(what), _cut(said)))
        elif self._count[file] == MAX_PER_FILE + 1:
            what = f"has more problems than the {MAX_PER_FILE} that are listed"
            self.found.append(Problem(file, line, what, "correct these first"))

    def full(self, path: Path) -> bool:
        """Return whether no more problems of a file are listed."""
        return self._count[self.show(path)] > MAX_PER_FILE

    def raise_any(self) -> None:
        """Raise DocumentError if there are any problems."""
        if self.found:
            raise DocumentError(self.found)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint with the nearest known words, or an empty string.

    >>> did_you_mean("kidny", ["kidney", "liver"]), did_you_mean("CC0", ["cc0-1.0", "mit"])
    ('did you mean kidney?', 'did you mean cc0-1.0?')
    """
    if len(word) > MAX_WORD:
        return ""
    folded: dict[str, list[str]] = {}
    for each in sorted(known):
        folded.setdefault(each.casefold(), []).append(each)
    bare = word.casefold()
    few = len(folded) <= MAX_KNOWN and bare not in folded
    whole = difflib.get_close_matches(bare, folded, n=3, cutoff=0.6) if few else [bare]
    # if spellings differ only in case, the last one is an id
    near = [folded[form][-1] for form in whole if form in folded][:3]
    return f"did you mean {' or '.join(near)}?" if near else ""


def nearest(word: str, known: Iterable[str], otherwise: str = "") -> Callable[[], str]:
    """Return a function that finds the hint of `did_you_mean`, or `otherwise` if no word is near.

    A search takes tens of milliseconds among the labels, and a table may have a million wrong rows.

    >>> nearest("kidny", ["kidney"])(), nearest("x", ["kidney"], "add it")()
    ('did you mean kidney?', 'add it')
    """
    return lambda: did_you_mean(word, known) or otherwise


def _cut(text: str) -> str:
    """Return a text without its middle if it is too long, because its ends say most about the fault."""
    half = MAX_LETTERS // 2
    return text if len(text) <= MAX_LETTERS else f"{text[:half]} ... {text[-half:]}"
