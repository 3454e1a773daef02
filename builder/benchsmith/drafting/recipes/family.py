"""A family of files: names that differ only in their varying parts, such as `{case}/ct.nii.gz`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchsmith.drafting.recipes.folder_listing import Entry


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of a family's paths: its name, or the text around the part that varies."""

    before: str
    after: str = ""
    varies: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a family, with the varying parts of its folders and of its name."""

    entry: Entry
    values: tuple[str, ...]
    core: str


@dataclass(frozen=True, slots=True)
class Family:
    """Files whose paths have one form."""

    folders: tuple[Folder, ...]
    before: str
    """Text before the core; the whole name without its ending if `varies` is false. A star stands
    for the name of a folder above."""
    after: str
    varies: bool
    end: str
    members: tuple[Member, ...]

    @property
    def varying(self) -> tuple[int, ...]:
        """The folders whose names vary."""
        return tuple(i for i, f in enumerate(self.folders) if f.varies)

    @property
    def words(self) -> str:
        """The fixed text of its paths."""
        parts = [f"{f.before} {f.after}" for f in self.folders]
        return " ".join([*parts, self.before, self.after])

    def pattern(self, folders: Sequence[str], core: str) -> str:
        """Return a path pattern with the given texts for the varying parts."""
        texts = iter(folders)
        parts = [
            f"{f.before}{next(texts)}{f.after}" if f.varies else f.before for f in self.folders
        ]
        name = f"{self.before}{core}{self.after}" if self.varies else self.before
        return "/".join([*parts, name + self.end])


def of_one_name(folders: tuple[Folder, ...], form: str, members: Sequence[Member]) -> Family:
    """Return a family of files with one name, in folders that vary."""
    return Family(folders, form, "", False, end_of(members), tuple(members))


def regrouped(family: Family, members: Sequence[Member]) -> Family:
    """Return a family of some of the files of another."""
    if len(members) == 1 and not family.varying:
        return of_one_name(family.folders, members[0].entry.stem, members)
    return replace(family, members=tuple(members))


def end_of(members: Sequence[Member]) -> str:
    """Return the ending as the files spell it, the most frequent one."""
    names = Counter(m.entry.name[len(m.entry.stem) :] for m in members)
    return min(names, key=lambda e: (-names[e], e))
