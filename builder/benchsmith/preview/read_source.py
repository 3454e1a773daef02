"""Reads some pictures of a source with their labels, as a build would, and keeps nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchsmith import plugins
from benchsmith.core.contracts import Plugins
from benchsmith.core.drawing import Drawing
from benchsmith.core.errors import InputMissing
from benchsmith.core.model import Finding, Rejection, Sample
from benchsmith.documents import data_set_catalog
from benchsmith.documents import recipe as recipes
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.lexicon import Lexicon, Window
from benchsmith.documents.problems import DocumentError, Problem, Problems, did_you_mean
from benchsmith.documents.recipe import Source
from benchsmith.documents.stated_sites import stated
from benchsmith.fetch import packages
from benchsmith.stages import tag
from benchsmith.stages.image_families import with_families
from benchsmith.stages.ingest import Ingested, ingest
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.render import draw
from benchsmith.stages.units import Unit
from benchsmith.stages.usable_images import usable_images

LONG_SIDE = 320
"""Pixels of the longer side of a drawn picture."""
DRAWN_PER_PICTURE = 6
"""Findings of one picture that are drawn; all are listed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding, and its drawn picture as PNG, empty if it was not drawn."""

    finding: Finding
    side: str
    """``left`` or ``right`` if the word or the lexicon says so."""
    label: str
    """The lexicon's label of the word, empty if it has none."""
    png: bytes = b""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture that was read."""

    entry: int
    file: str
    sample: Sample | None
    """None if the file could not be read."""
    shown: tuple[Shown, ...]
    rejected: tuple[Rejection, ...]


@dataclass(slots=True)
class Preview:
    """What a recipe reads of a source's files."""

    source: str
    entries: tuple[tuple[str, str], ...]
    """Path pattern and modality of every entry."""
    found: Counter[int]
    """Pictures by entry, read or not."""
    patients: int
    pictures: list[Picture] = field(default_factory=list)
    listing: list[Rejection] = field(default_factory=list)
    """What would be left out without reading a pixel."""
    undecided: int = 0
    """Lines of a drafted recipe that nobody has decided."""

    @property
    def words(self) -> Counter[str]:
        """How often each word was found in the pictures that were read."""
        seen = {
            (number, shown.finding.raw, shown.finding.layer, shown.finding.value)
            for number, picture in enumerate(self.pictures)
            for shown in picture.shown
        }
        return Counter(raw for _, raw, _, _ in seen)

    @property
    def sides(self) -> Counter[str]:
        """How many words of the pictures that were read name a side."""
        seen = {
            (number, s.finding.raw, s.side)
            for number, picture in enumerate(self.pictures)
            for s in picture.shown
            if s.side
        }
        return Counter(side for _, _, side in seen)

    @property
    def left_out(self) -> list[Rejection]:
        """Everything that would be left out, as far as it is known."""
        return [*self.listing, *(r for p in self.pictures for r in p.rejected)]


def read_source(home: Path, name: str, lexicon: Lexicon, pictures: int, *, drawn: bool) -> Preview:
    """Read some pictures of a source, spread over all entries; with `drawn` draw their marks.

    A drafted recipe may be undecided. Raises DocumentError for an unknown source or an unsound
    recipe, InputMissing if its files are not here.
    """
    source, undecided = _source(home, name)
    roots = packages.roots(home, source)
    if isinstance(roots, str):
        what = f"{name}: {roots}; `benchsmith fetch` downloads data packages"
        raise InputMissing(what)
    readers = plugins.readers()
    units, _, rejected = usable_images(source, roots, readers)
    entries = tuple((e.images, e.modality) for e in source.recipe.samples)
    found = Preview(
        name,
        entries,
        Counter(u.entry for u in units),
        len({u.patient for u in units}),
        listing=[*rejected, *_unknown_modalities(units, lexicon)],
        undecided=undecided,
    )
    said = stated(source.recipe, name, data_set_catalog.anatomy(home, name))
    normaliser = Normaliser(lexicon, {name: said})
    windows = plugins.windows_of("anatomy", lexicon.windows)
    results = [
        (unit, ingest(unit, Slices(per_label=1, min_share=0.0), readers))
        for unit in with_families(_some(units, pictures), lexicon)
    ]
    normaliser.hear(name, ((f.raw, f.modality) for _, r in results for f in r.findings))
    for unit, result in results:
        found.pictures.append(_picture(unit, result, normaliser, windows, readers, drawn=drawn))
    return found


def _source(home: Path, name: str) -> tuple[Source, int]:
    known = recipes.source_ids(home)
    if name not in known:
        raise DocumentError([Problem(f"raw_sources/{name}/recipe.yaml", 1, "the recipe is missing",
                                     did_you_mean(name, known))])  # fmt: skip
    problems = Problems(home)
    source, undecided = recipes.collect_draft(home / "raw_sources" / name, problems)
    problems.raise_any()
    assert source is not None
    return source, undecided


def _unknown_modalities(units: Sequence[Unit], lexicon: Lexicon) -> list[Rejection]:
    """Reject the images whose modality the lexicon does not contain, as a build rejects their labels."""
    return [
        Rejection(stage=tag.NAME, source=unit.source, subject=unit.show(unit.path),
                  reason="unknown-modality", detail=repr(unit.modality))
        for unit in units
        if unit.modality not in lexicon.modalities
    ]  # fmt: skip


def _some(units: Sequence[Unit], pictures: int) -> list[Unit]:
    """Return some units: of every entry as many as of the others, spread over its files."""
    by_entry: dict[int, list[Unit]] = {}
    for unit in units:
        by_entry.setdefault(unit.entry, []).append(unit)
    share = max(1, pictures // max(1, len(by_entry)))
    chosen: list[Unit] = []
    for own in by_entry.values():
        n = min(share, len(own))
        places = sorted({round(i * (len(own) - 1) / max(1, n - 1)) for i in range(n)})
        chosen += [own[i] for i in places]
    return chosen[:pictures]


def _picture(
    unit: Unit,
    result: Ingested,
    normaliser: Normaliser,
    windows: Mapping[str, Window],
    readers: Plugins,
    *,
    drawn: bool,
) -> Picture:
    sample = result.samples[0] if result.samples else None
    pngs = _pngs(unit, sample, result.findings, windows, readers) if drawn and sample else {}
    shown = []
    for finding in result.findings:
        found = normaliser.resolve(finding.raw, unit.source, unit.modality)
        shown.append(Shown(finding, found.laterality, found.label, pngs.get(finding.id, b"")))
    file = unit.show(unit.path) + (f" part {unit.part}" if unit.part else "")
    return Picture(unit.entry, file, sample, tuple(shown), result.rejected)


def _pngs(
    unit: Unit,
    sample: Sample,
    findings: Sequence[Finding],
    windows: Mapping[str, Window],
    readers: Plugins,
) -> dict[str, bytes]:
    """Draw findings of one picture: marks as contours, boxes as boxes."""
    chosen = findings[:DRAWN_PER_PICTURE]
    views = {"image": "image", "box": "box", "region": "contour"}
    drawings = [
        Drawing(view=views[f.kind], kind=f.kind, axis=f.axis, index=f.index, crop=f.crop,
                window=f.window, layer=f.layer, value=f.value)
        for f in chosen
    ]  # fmt: skip
    found = draw(unit, sample.sha256, drawings, windows, LONG_SIDE, readers, plugins.painter())
    return {f.id: one.png for f, one in zip(chosen, found, strict=True)}
