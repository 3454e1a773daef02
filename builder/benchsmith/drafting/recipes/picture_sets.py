"""One kind of picture of a folder, with the names of the varying parts of its paths."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from benchsmith.drafting.recipes.family import Family, Member
from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.mask_pairs import Part
from benchsmith.drafting.recipes.name_words import are_dates, means_picture, split_of

FOLDER_NAMES = ("patient", "study", "series", "folder", "subfolder", "place", "deep", "deeper")
BATCHES = ("batch", "subset", "part")
"""The placeholders of folders of pictures that are numbered: `images_1`, `images_2`."""
DATE = "date"
"""The placeholder of folders that are named by days: whose pictures they hold, they do not say."""


@dataclass(slots=True)
class PictureSet:
    """Pictures of one family; `last` restricts them to names whose core ends with a text."""

    family: Family
    look: Look
    names: dict[int, str] = field(default_factory=dict)
    """The placeholder of each varying folder."""
    core_name: str = "name"
    last: str = ""
    only: str = ""
    """The core of the only picture: a placeholder takes at least one letter."""
    fixed: dict[int, str] = field(default_factory=dict)
    """The name of a varying folder to which the pictures are restricted; it has no placeholder."""
    texts: dict[Part, str] = field(default_factory=dict)
    """The text of a folder, or of the core, if its parts have placeholders of their own."""

    @property
    def members(self) -> list[Member]:
        """The pictures."""
        here = [
            m for m in self.family.members if all(m.values[i] == v for i, v in self.fixed.items())
        ]
        if self.only:
            return [m for m in here if m.core == self.only]
        shorter = len(self.last) if self.family.varies else 0
        return [
            m
            for m in here
            if self.ending(m, len(self.last)) == self.last
            and (not shorter or len(m.core) > shorter)
        ]

    def ending(self, member: Member, letters: int) -> str:
        """Return the last letters of the part of a name that varies."""
        varying = member.core if self.family.varies else member.entry.stem
        return varying[-letters:] if letters else ""

    def text(self, part: Part) -> str:
        """Return the text of a varying part of the path, with its placeholder."""
        if isinstance(part, int):
            return self.fixed.get(part) or self.texts.get(part) or f"{{{self.names[part]}}}"
        core = self.only or self.texts.get("core") or f"{{{self.core_name}}}{self.last}"
        if part == "core":
            return core
        return f"{self.family.before}{core}{self.family.after}" if self.family.varies else ""

    @property
    def images(self) -> str:
        """The path pattern of the pictures."""
        folders = [self.text(i) for i in range(len(self.family.varying))]
        family = self.family
        if self.last and not family.varies:
            family = replace(family, before=family.before.replace("*", "*" + self.last))
        return family.pattern(folders, self.text("core"))

    def key(self, member: Member) -> str:
        """Return the key that a recipe without `key` gives a picture."""
        values = [v for i, v in enumerate(member.values) if i not in self.fixed]
        return "/".join([*values, member.entry.stem])


def named(family: Family, look: Look) -> PictureSet:
    """Return a family's pictures with a placeholder for each varying folder."""
    found = PictureSet(family, look)
    free = iter(FOLDER_NAMES)
    for number, place in enumerate(family.varying):
        values = {m.values[number] for m in family.members}
        name = ""
        if all(split_of(v) for v in values):
            name = "split"
        elif are_dates(m.entry.folders[place] for m in family.members):
            name = DATE
        elif means_picture(family.folders[place].before):
            name = next((n for n in BATCHES if n not in found.names.values()), "")
        found.names[number] = name if name and name not in found.names.values() else next(free)
    return found
