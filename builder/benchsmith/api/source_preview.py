"""What a recipe reads from a source's files, in Python: the findings of `benchsmith preview` and its page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchsmith.api import notebook

if TYPE_CHECKING:
    import pandas as pd

    from benchsmith.preview.read_source import Preview

COLUMNS = ("file", "patient", "word", "side", "kind", "axis", "index", "box", "area_px")


class SourcePreview:
    """Some pictures of a source with what its recipe reads; a notebook shows them with their marks."""

    def __init__(self, preview: Preview) -> None:
        self._preview = preview

    def __repr__(self) -> str:
        return f"SourcePreview({self._preview.source!r}, {len(self._preview.pictures)} pictures)"

    def __str__(self) -> str:
        from benchsmith.preview import in_words

        return "\n".join(in_words.lines(self._preview))

    @property
    def findings(self) -> pd.DataFrame:
        """One row per finding of the pictures that were read, with the columns `COLUMNS`.

        `box` is (x0, y0, x1, y1) in pixels of the plane, the last two excluded; None for a whole picture.
        """
        import pandas as pd

        rows = [
            (p.file, p.sample.patient if p.sample else "", s.finding.raw, s.side, s.finding.kind,
             s.finding.axis, s.finding.index, s.finding.box, s.finding.area_px)
            for p in self._preview.pictures
            for s in p.shown
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @property
    def left_out(self) -> pd.DataFrame:
        """What would be left out, as far as it is known: subject, reason and detail."""
        import pandas as pd

        rows = [(r.subject, r.reason, r.detail) for r in self._preview.left_out]
        return pd.DataFrame(rows, columns=["subject", "reason", "detail"])

    def _repr_html_(self) -> str:
        from benchsmith.pages.preview_page import preview_page
        from benchsmith.preview import in_words

        return notebook.framed(preview_page(in_words.values(self._preview, pictures=True)))


def preview_of(home: Path, source: str, pictures: int) -> SourcePreview:
    """Read a preview. Raises DocumentError, and InputMissing if the source's files are not here."""
    from benchsmith.documents import lexicon
    from benchsmith.preview.read_source import read_source

    words = lexicon.read(home / "lexicon", frozenset([source]))
    return SourcePreview(read_source(home, source, words, pictures, drawn=True))
