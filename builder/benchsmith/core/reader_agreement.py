"""How well several readers of one image agree on a label, as a note of its sample."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReaderAgreement:
    """Agreement of the readers of one image on the marks of one label."""

    raw: str
    """The label in the source's words."""
    how: str
    """How the readers' marks were merged."""
    readers: int
    marking: int
    """Readers who mark the label."""
    dice: float
    """Dice coefficient of the marked pixels, averaged over pairs of readers; 0 to 1."""
    kappa: float
    """Cohen's kappa over the pixels of the image, averaged over pairs of readers; at most 1."""

    def note(self) -> str:
        """Return the agreement in words, without names of readers."""
        return f"readers of {self.raw!r}: {self.words}"

    @property
    def words(self) -> str:
        """The measured facts alone.

        >>> ReaderAgreement("disc", "majority", 3, 2, 0.5, 0.25).words
        '2 of 3 readers mark it, merged by majority, Dice 0.500, kappa 0.250'
        """
        return (
            f"{self.marking} of {self.readers} readers mark it, merged by {self.how}, "
            f"Dice {self.dice:.3f}, kappa {self.kappa:.3f}"
        )


def words_of(note: str, raw: str) -> str:
    """Return what a sample's note says about the readers of a label; empty if it says nothing.

    >>> words_of("a; readers of 'disc': 2 of 3 readers mark it; b", "disc")
    '2 of 3 readers mark it'
    """
    found = re.search(re.escape(f"readers of {raw!r}: ") + "([^;]*)", note)
    return found.group(1) if found else ""
