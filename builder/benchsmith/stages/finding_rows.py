"""Turn what was measured of one statement in one picture into a row of Finding."""

from __future__ import annotations

from dataclasses import dataclass

from benchsmith.core.absent_labels import Searched
from benchsmith.core.contracts import Array, Image
from benchsmith.core.model import Box, Finding, Neighbour
from benchsmith.core.picture_quality import Quality
from benchsmith.imaging.appearance import Appearance
from benchsmith.imaging.geometry import pixel_mm
from benchsmith.stages import visibility
from benchsmith.stages.label_layers import MarkedRegion
from benchsmith.stages.units import Unit


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source states, and where."""

    name: str
    """The finding's id without its sample."""
    kind: str
    """`image`, `region` or `box`."""
    raw: str
    """The label in the source's words."""
    stated_at: str
    searched: Searched
    group: str = ""
    """The list that a label of a whole picture belongs to."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One candidate picture: a plane of the image, or a crop of one."""

    axis: str
    index: int
    size: tuple[int, int]
    """(rows, columns) of the whole plane."""
    crop: Box | None
    look: Appearance
    """Of the crop, if there is one."""
    pixels: Array
    """The whole plane, (rows, columns) or (rows, columns, 3), in the order of memory."""

    @property
    def area_px(self) -> int:
        """Return the picture's area in pixels."""
        return self.crop.area if self.crop else self.size[0] * self.size[1]


@dataclass(frozen=True, slots=True)
class Measured:
    """One statement in one picture; without a region, it is about the whole picture."""

    statement: Statement
    picture: Picture
    region: MarkedRegion | None
    neighbours: tuple[Neighbour, ...]


def finding(measured: Measured, unit: Unit, image: Image) -> Finding:
    """Return the row of Finding; areas are in pixels, and in mm² if the image's spacing is known."""
    statement, picture, region = measured.statement, measured.picture, measured.region
    look = picture.look
    height_mm, width_mm = pixel_mm(image.sides, picture.axis)
    quality = Quality(dark=look.dark, bright=look.bright, middle=look.middle)
    area_px, components = picture.area_px, 0
    if region:
        seen = visibility.of(
            region.mask,
            region.box,
            picture.pixels,
            (height_mm, width_mm),
            drawn=statement.kind == "box",
        )
        quality = Quality(
            dark=look.dark, bright=look.bright, middle=look.middle, aspect=seen.aspect,
            side=seen.side, cut=seen.cut, whole=seen.whole, empty=seen.empty,
            contrast=seen.contrast, level=seen.level,
        )  # fmt: skip
        area_px, components = region.area_px, seen.parts
    return Finding(
        id=f"{unit.sample}#{statement.name}",
        source=unit.source,
        sample=unit.sample,
        patient=unit.patient,
        modality=unit.modality,
        kind=statement.kind,
        group=statement.group,
        raw=statement.raw,
        stated_at=statement.stated_at,
        entry=unit.entry,
        layer=region.layer if region else 0,
        value=region.value if region else 0,
        axis=picture.axis,
        index=picture.index,
        plane=picture.size,
        crop=picture.crop,
        box=region.box if region else None,
        area_px=area_px,
        area_mm2=area_px * height_mm * width_mm if image.spacing_mm else None,
        share=area_px / picture.area_px,
        components=components,
        neighbours=measured.neighbours,
        searched=statement.searched,
        window=unit.samples.window or "",
        phash=look.phash,
        spread=look.spread,
        mirrors=look.mirrors,
        look=look.look,
        seen=quality,
    )
