"""A file that changes between the listing and the end of ingest is found, and named."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchsmith.core.errors import SourceChanged
from benchsmith.pipeline import unchanged_files
from benchsmith.pipeline.unchanged_files import check_unchanged
from benchsmith.tables.file_digests import Digests
from tests.test_lists_without_objects import RECIPES, listed, source_of, write


@pytest.mark.parametrize("at_once", [1, 4, 512])
@pytest.mark.parametrize("entries", ["a placeholder of the key", "masks"])
def test_a_file_that_changed_or_went_is_named(
    tmp_path: Path, entries: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged_files, "CHECKED_UNITS", at_once)
    write(tmp_path)
    files = listed(tmp_path, source_of(tmp_path, RECIPES[entries]))
    context: Any = SimpleNamespace(digests=Digests(tmp_path / "others"))
    check_unchanged(context, files)
    for path in list(files.file_digests)[-2:]:
        kept = path.read_bytes()
        path.write_bytes(kept + b" and more")
        with pytest.raises(SourceChanged, match="changed while the build read it") as changed:
            check_unchanged(context, files)
        assert str(changed.value).startswith(f"{path} ")
        path.unlink()
        with pytest.raises(SourceChanged) as gone:
            check_unchanged(context, files)
        assert str(gone.value).startswith(f"{path} ")
        path.write_bytes(kept)
        check_unchanged(context, files)
