"""How the picture of a counterfactual question differs from that of its original."""

from __future__ import annotations

from dataclasses import dataclass

ERASE, MOVE, MIRROR, TURN, SHIFT = KINDS = ("erase", "move", "mirror", "turn", "shift")
"""What can be done to a picture or its mark: the words of a benchmark's `counterfactuals`."""
AS_IT_WAS = 1
"""The orientation of a picture that is neither mirrored nor turned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One structure of an image: the voxels of layer `layer` that equal `value`."""

    layer: int
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """One change of a picture or its mark, in pixels of the plane as it is displayed."""

    kind: str
    """One of :data:`KINDS`."""
    asked: Place
    """What the original question asks about; it chooses the intensity window, as there."""
    painted: tuple[Place, ...] = ()
    """`erase`: the structures that are painted out."""
    copied: Place | None = None
    """`erase`: the structure that is painted in; None for whatever surrounds what is painted out."""
    orientation: int = AS_IT_WAS
    """`mirror`, `turn`: how the finished picture is turned, an EXIF orientation (1 to 8)."""
    dx: int = 0
    """`shift`: by how many columns the mark moves to the right."""
    dy: int = 0
    """`shift`: by how many rows the mark moves down."""
