"""The files of a source that are read for some image, and so are not reported as unread."""

from __future__ import annotations

from collections.abc import Sequence

from benchsmith.stages.members import Members
from benchsmith.tables.packed_columns import PathLists
from benchsmith.tables.text_hashes import Hashes


class UsedFiles:
    """Whether a file is read for some image, or is the label file of one that cannot be used."""

    def __init__(self, members: Members, labels: PathLists | None) -> None:
        self._members, self._labels = members, labels
        self._hashes: Hashes | None = None

    def __contains__(self, file: object) -> bool:
        return not self.unused([str(file)])

    def unused(self, files: Sequence[str]) -> list[int]:
        """Return the places of those files of a list that are not used."""
        if self._hashes is None:  # most sources have no file that anybody asks about
            self._hashes = Hashes()
            for place in range(len(self._members)):
                self._hashes.extend(self._members.names(place))
            for place in range(len(self._labels or ())):
                self._hashes.extend(self._labels.names(place) if self._labels else ())
        return self._hashes.missing(files)
