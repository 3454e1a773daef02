"""A release folder in Python: its cases as a table, its pictures, and scores of replies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from benchsmith.api import notebook
from benchsmith.api.shown_question import Question
from benchsmith.api.verdicts_frame import verdicts_frame
from benchsmith.core.errors import BenchsmithError, EnvironmentFailed, InputMissing
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.release_reader import Released, read
from benchsmith.release.columns import letters

if TYPE_CHECKING:
    import datasets
    import pandas as pd
    from PIL.Image import Image

    from benchsmith.evaluate.submission import Outcome

COLUMNS = ("id", "split", "task", "department", "modality", "granularity", "question", "options",
           "answer", "label", "source", "target", "group")  # fmt: skip

PROVENANCE, VALIDITY = "provenance.parquet", "validity.json"


class UnknownCase(BenchsmithError, KeyError):
    """A release has no case with this id."""

    exit_code = 2
    __str__ = Exception.__str__


class LoadedRelease:
    """The cases of a release folder; it needs neither the project nor its sources."""

    def __init__(self, folder: Path, released: Released) -> None:
        self.folder = folder
        self._released = released
        self._by_id = {item.id: item for item in released.items}

    def __repr__(self) -> str:
        return f"LoadedRelease({str(self.folder)!r}, {len(self)} cases)"

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self._by_id)

    @property
    def cases(self) -> pd.DataFrame:
        """One row per case, in the order of the files, with the columns `COLUMNS`.

        `options` is a tuple of texts. `answer` has the letters of the right options, such as "A" or
        "B,D", and is empty if the release hides the answers.
        """
        import pandas as pd

        return pd.DataFrame(map(_row, self._released.items), columns=list(COLUMNS))

    def case(self, id_: str) -> Mapping[str, object]:
        """Return the row of a case without its picture, by `COLUMNS`. Raises UnknownCase."""
        return _row(self._item(id_))

    def __getitem__(self, id_: str) -> Question:
        """Return a case with its picture. Raises UnknownCase."""
        item = self._item(id_)
        ((_, data),) = self._released.pictures([item])
        return Question(item.id, item.question, item.options, letters(item.key), item.split, data)

    def where(self, **columns: str) -> LoadedRelease:
        """Return the cases with these values, such as ``where(split="test", task="bone")``.

        The names are those of `COLUMNS`. Raises InputMissing if no case is left: such a release
        could not be scored.
        """
        unknown = [name for name in columns if name not in COLUMNS]
        if unknown:
            raise InputMissing(f"there is no column {unknown[0]!r}: choose {', '.join(COLUMNS)}")
        kept = tuple(
            item
            for item in self._released.items
            if all(str(getattr(item, name, "")) == value for name, value in columns.items())
        )
        if not kept:
            asked = ", ".join(f"{name}={value!r}" for name, value in columns.items())
            raise InputMissing(f"{self.folder} has no case with {asked}")
        return LoadedRelease(self.folder, replace(self._released, items=kept))

    @property
    def provenance(self) -> pd.DataFrame:
        """One row per case with its source, patient, finding, and the lines that decided its label.

        Raises InputMissing if the release has none, for example if it hides its answers.
        """
        import pandas as pd

        path = self.folder / PROVENANCE
        if not path.is_file():
            raise InputMissing(f"{path} is missing: this release has no provenance")
        return pd.read_parquet(path)

    @property
    def audit(self) -> pd.DataFrame:
        """The verdicts of the audit, one row per check. Raises InputMissing if it has none."""
        return verdicts_frame(self.folder / VALIDITY)

    def dataset(self, split: str = "test") -> datasets.Dataset:
        """Return a split as a data set of the library `datasets`, with decoded pictures.

        The rows are those of the files, in their order; `where` does not narrow them. Raises
        EnvironmentFailed where the library is not installed, and InputMissing for another split.
        """
        try:
            import datasets
        except ImportError:
            what = "this needs the library `datasets`: `pip install 'benchsmith[datasets]'`"
            raise EnvironmentFailed(what) from None
        files = sorted(str(p) for p in (self.folder / "data").glob(f"{split}--*.parquet"))
        if not files:
            raise InputMissing(f"{self.folder} has no split {split!r}")
        return datasets.Dataset.from_parquet(files)

    def _repr_html_(self) -> str:
        """Show how many cases each split and task has, and the first case."""
        counts = Counter((item.split, item.task) for item in self._released.items)
        rows = [(split, task, n) for (split, task), n in sorted(counts.items())]
        first = self[self._released.items[0].id]._repr_html_() if self._by_id else ""
        head = f"<p>{len(self)} cases in {escape(str(self.folder))}</p>"
        return head + notebook.table(["split", "task", "cases"], rows) + first

    def picture(self, id_: str) -> Image:
        """Return the picture of a case, RGB. Raises UnknownCase."""
        return self[id_].picture

    def score(self, replies: Mapping[str, str], *, split: str = "all", model: str = "") -> Outcome:
        """Score a model's replies by case id, each a letter, an option or free text.

        A case without a reply counts as wrong. Raises DocumentError for an unknown split.
        """
        # the reader of replies compiles hundreds of patterns
        from benchsmith.evaluate.submission import score_replies

        return score_replies(self._released.some(split), replies, model)

    def _item(self, id_: str) -> Item:
        try:
            return self._by_id[id_]
        except KeyError:
            raise UnknownCase(f"{self.folder} has no case {id_!r}") from None


def _row(item: Item) -> dict[str, object]:
    return {name: getattr(item, name, None) for name in COLUMNS} | {"answer": letters(item.key)}


def load_release(folder: str | Path) -> LoadedRelease:
    """Open a release folder. Raises DocumentError with every problem of its files."""
    path = Path(folder).resolve()
    return LoadedRelease(path, read(path))
