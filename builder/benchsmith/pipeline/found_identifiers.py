"""`identifiers.tsv` beside a release that was stopped: the words that must not be published.

Terminal output is kept in logs and sent to others, so it names the place of a word and not the word.
"""

from __future__ import annotations

from pathlib import Path

from benchsmith.audits.identifiers import Searched
from benchsmith.core.build_files import FOUND_IDENTIFIERS
from benchsmith.tables.atomic_files import replace_file
from benchsmith.text.spreadsheet_cells import guarded
from benchsmith.text.unicode_names import visible

COLUMNS = ("file", "place", "word", "what")
MEND = (
    "take them out of the files or cells that they come from; a word that identifies nobody may be written in the"
    " benchmark's `description`, and is then searched for no more"
)


def stop_lines(found: Searched, folder: Path) -> list[str]:
    """Write the words that were found to a file in the build's folder; return the message about them."""
    pairs = list(zip(found.hits, found.places, strict=True))
    rows = [COLUMNS, *((hit.file, at.where, at.word, hit.kind) for hit, at in pairs)]
    text = "".join("\t".join(guarded(visible(cell)) for cell in row) + "\n" for row in rows)
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / FOUND_IDENTIFIERS, text.encode())
    lines = [
        f"{hit.file} contains an identifier of a source: {hit.kind}"
        + (f" ({at.where})" if at.where else "")
        for hit, at in pairs
    ]
    return [*lines, f"the words: {folder / FOUND_IDENTIFIERS}", f"what to do: {MEND}"]


def forget(folder: Path) -> None:
    """Remove the file of an earlier build that was stopped."""
    (folder / FOUND_IDENTIFIERS).unlink(missing_ok=True)
