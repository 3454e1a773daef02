"""The parts of a draft: entries of `samples`, and what a person must decide about each line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

EACH = "{key}~{part}"
"""The rule for the patient by which each picture of a packed file is another person's."""


@dataclass(slots=True)
class Labels:
    """One entry of `labels`, as a mapping of its keys."""

    keys: dict[str, Any]
    decide: dict[str, str] = field(default_factory=dict)
    """What to decide about a key."""
    unsure: str = ""
    """Why other labels than these may be meant; empty if the files leave no doubt."""
    otherwise: list[Labels] = field(default_factory=list)
    """What the entry would be if a doubt is right; `unsure` of each says which doubt."""
    names_stated: bool = True
    """Whether files or names state the labels' words."""
    some_empty: bool = False
    """Whether some of the files mark nothing."""
    predicted: bool = False
    """Whether a model wrote the files, by their names."""
    contradictions: list[str] = field(default_factory=list)
    """What files state that contradict one another, of which this entry reads one; also in `unsure`."""

    @property
    def one(self) -> dict[str, Any]:
        """The keys that say what is labelled; with several readers, the keys of one of them."""
        found: dict[str, Any] = self.keys.get("of", self.keys)
        return found

    def ask(self, key: str, why: str) -> None:
        """Record what to decide about a key of :attr:`one`."""
        self.decide[f"of.{key}" if "of" in self.keys else key] = why


@dataclass(slots=True)
class Samples:
    """One entry of `samples`."""

    images: str
    modality: str = ""
    patient: str = "key"
    key: str = ""
    parts: Any = None
    slice: str = ""
    about: dict[str, str] = field(default_factory=dict)
    nifti_transform: str = ""
    variable: str = ""
    spacing_mm: str = ""
    labels: list[Labels] = field(default_factory=list)
    decide: dict[str, str] = field(default_factory=dict)
    otherwise: list[Other] = field(default_factory=list)
    """What the whole entry would be if a doubt is right, such as other patients."""
    predicted: list[Labels] = field(default_factory=list)
    """The output of a model for these pictures, which is not read."""
    unread: list[str] = field(default_factory=list)
    """What tables state of other things than these pictures, in words."""

    def plain(self) -> dict[str, Any]:
        """Return the entry as a recipe has it."""
        found: dict[str, Any] = {"images": self.images}
        if self.key:
            found["key"] = self.key
        found["modality"] = self.modality or "x-ray"
        if self.patient != "key" or "patient" in self.decide:
            found["patient"] = self.patient
        for name in ("parts", "slice", "nifti_transform", "variable", "spacing_mm", "about"):
            if value := getattr(self, name):
                found[name] = value
        found["labels"] = [dict(entry.keys) for entry in self.labels]
        return found


@dataclass(frozen=True, slots=True)
class Other:
    """Another way to read the pictures of an entry."""

    samples: Samples
    what: str
    """What differs from the drafted entry, and why it may be meant."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to read a folder, as a whole."""

    samples: list[Samples]
    what: str
    """What it reads, and how well a few pictures could be read with it."""


@dataclass(slots=True)
class Draft:
    """A recipe that is not signed yet, and the observations made while drafting it."""

    samples: list[Samples]
    seen: list[str] = field(default_factory=list)
    """What the folder holds, in plain words."""
    guessed: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    """What was not understood, or may mean something else."""
    title: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    """The drafted way to read the folder, then others that may be meant, the likeliest first."""

    @property
    def contradictions(self) -> list[str]:
        """Where files contradict one another, so that a person must say which is right."""
        return [each for s in self.samples for entry in s.labels for each in entry.contradictions]
