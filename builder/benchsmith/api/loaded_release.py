"""A release folder in Python: its cases as a table, its pictures, and scores of replies."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from benchsmith.core.errors import BenchsmithError
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.release_reader import Released, read
from benchsmith.evaluate.submission import Outcome, score_replies
from benchsmith.release.columns import letters

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

COLUMNS = ("id", "split", "task", "department", "modality", "granularity", "question", "options",
           "answer", "label", "source", "target", "group")  # fmt: skip


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
        "B,D", and is empty where the release hides the answers.
        """
        import pandas as pd

        rows = [
            {name: getattr(item, name, None) for name in COLUMNS} | {"answer": letters(item.key)}
            for item in self._released.items
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def picture(self, id_: str) -> Image:
        """Return the picture of a case, RGB. Raises UnknownCase."""
        from PIL import Image

        ((_, data),) = self._released.pictures([self._item(id_)])
        return Image.open(BytesIO(data)).convert("RGB")

    def score(self, replies: Mapping[str, str], *, split: str = "all", model: str = "") -> Outcome:
        """Score a model's replies by case id, each a letter, an option or free text.

        A case without a reply counts as wrong. Raises DocumentError for an unknown split.
        """
        return score_replies(self._released.some(split), replies, model)

    def _item(self, id_: str) -> Item:
        try:
            return self._by_id[id_]
        except KeyError:
            raise UnknownCase(f"{self.folder} has no case {id_!r}") from None


def load_release(folder: str | Path) -> LoadedRelease:
    """Open a release folder. Raises DocumentError with every problem of its files."""
    path = Path(folder).resolve()
    return LoadedRelease(path, read(path))
