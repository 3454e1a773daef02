"""What a source looked for in a picture: which labels are absent, and which are unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

ANY_LABEL = "*"
"""Stands for every label of an entry, where it is not known which ones are meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """Where a label is not stated for a picture: if it is absent, or unknown.

    A label is *present* if the source states or marks it. Otherwise it is *absent* if it was looked
    for and is not unknown. It is *unknown* if it was not looked for, or if it was stated and not
    understood. Only an absent label may be a wrong option.
    """

    labels: tuple[str, ...] = ()
    """Labels that were looked for, sorted; `ANY_LABEL` for all labels that the samples entry states
    anywhere; empty if the source did not look for everything."""
    unknown: tuple[str, ...] = ()
    """Labels that the picture may show nevertheless, sorted; `ANY_LABEL` for any label."""
    elsewhere: tuple[str, ...] = ()
    """What another list or entry states of the picture or leaves open, in the source's words, sorted. Where the lexicon
    does not know such a word, nothing follows for this list; the others are among `unknown` once they
    have names of the lexicon, and none is left here."""

    @property
    def knows_absence(self) -> bool:
        """Whether any label is known to be absent."""
        return bool(self.labels) and ANY_LABEL not in self.unknown

    @property
    def lists_labels(self) -> bool:
        """Whether `labels` names everything that was looked for."""
        return ANY_LABEL not in self.labels

    def is_absent(self, label: str, related: Callable[[str, str], bool]) -> bool:
        """Return whether a label that is not stated is absent; `related` labels share its state.

        >>> liver_lost = Searched(labels=("liver", "spleen"), unknown=("liver",))
        >>> [liver_lost.is_absent(n, str.__eq__) for n in ("liver", "spleen", "kidney")]
        [False, True, False]
        """
        looked = label in self.labels or not self.lists_labels
        return looked and self.knows_absence and not self.may_show(label, related)

    def may_show(self, label: str, related: Callable[[str, str], bool]) -> bool:
        """Return whether a label or a related one was stated and not understood, by its name."""
        return any(related(label, other) for other in self.unknown if other != ANY_LABEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeniedLabels:
    """A list of labels of a whole picture of which its source says that none is true."""

    group: str
    """The name of the list."""
    labels: tuple[str, ...]
    """The labels that were looked for and are absent, in the source's words, sorted."""
    axis: str = ""
    index: int = 0
    """The plane of the image that the list is about."""
    look: bytes = b""
    """The appearance descriptor of that plane, as a finding has it; empty for a blank one."""
