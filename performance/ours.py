"""Our way to an index, and to an index with pictures: the functions that a build's workers run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from performance.layouts import LAYOUTS, Layout

if TYPE_CHECKING:
    from benchsmith.stages.ingest import Ingested

RECIPE = """title: Phantom
version: "1"
homepage: https://example.org
licence: mit
citation: made by performance/layouts.py
labels_are: synthetic
verified: true
data: {path: data}
samples:
"""
Prepared = tuple[list[Any], Any]
"""Units and readers."""


def recipe(layout: Layout) -> str:
    """Return the recipe of a layout."""
    entry = f'{RECIPE}  - images: "{layout.image}"\n    modality: {layout.modality}\n    labels:\n'
    if not layout.labels:
        return f"{entry}      - kind: path\n"
    if "{label}" in layout.labels:
        return f'{entry}      - kind: masks\n        file: "{layout.labels}"\n'
    names = "".join(f"          {k}: organ {k}\n" for k in range(1, layout.values + 1))
    return (
        f"{entry}      - kind: volume\n        file: {layout.labels}\n"
        f"        exhaustive: true\n        names:\n{names}"
    )


def prepared(name: str, folder: Path, scratch: Path) -> Prepared:
    """List the images of a layout, which a build does once for a source and not for each image."""
    return units(LAYOUTS[name], folder / "pictures" if name == "pictures" else folder, scratch)


def units(layout: Layout, folder: Path, scratch: Path) -> Prepared:
    """Return the units of a layout's folder and the readers."""
    from benchsmith import plugins
    from benchsmith.documents import recipe as recipes
    from benchsmith.stages.list_units import list_units

    source_folder = scratch / "source"
    source_folder.mkdir()
    (source_folder / "recipe.yaml").write_text(recipe(layout))
    source = recipes.read(source_folder)
    assert source is not None
    readers = plugins.readers()
    found, rejected = list_units(source, {"": folder}, readers)
    assert not rejected, rejected
    return found, readers


def imports() -> None:
    """Import what a worker has before its first unit."""
    from scipy.sparse.csgraph import connected_components

    import benchsmith.plugins
    from benchsmith.annotations import label_volume, masks, sheet
    from benchsmith.formats import dicom, dicom_series, folder_of_files, nifti, raster
    from benchsmith.stages import ingest, list_units, render

    assert all((benchsmith.plugins.painter(), sheet, label_volume, masks, nifti, raster))
    assert all(
        (connected_components, ingest, list_units, render, dicom, dicom_series, folder_of_files)
    )


def index(name: str, folder: Path, scratch: Path, given: Prepared) -> int:
    """Measure every label of every image; return the findings."""
    return sum(len(one.findings) for one in ingested(given, facts=False))


def ingested(given: Prepared, *, facts: bool) -> Iterator[Ingested]:
    """Yield what is measured of each image, with facts of whole structures or without."""
    from benchsmith.documents.benchmark import Slices
    from benchsmith.stages.ingest import ingest

    found, readers = given
    for unit in found:
        yield ingest(unit, Slices(per_label=1), readers, facts=facts)


def facts(name: str, folder: Path, scratch: Path, given: Prepared) -> int:
    """Do the index, and measure every structure in three dimensions; return the findings."""
    found = list(ingested(given, facts=True))
    assert all(one.structures for one in found)
    return sum(len(one.findings) for one in found)


def pictures(name: str, folder: Path, scratch: Path, given: Prepared) -> int:
    """Do the index, and write the picture of every finding as PNG; return how many."""
    from benchsmith import plugins
    from benchsmith.core.drawing import Drawing
    from benchsmith.documents.benchmark import Slices
    from benchsmith.documents.lexicon import Window
    from benchsmith.stages.ingest import ingest
    from benchsmith.stages.kept_volumes import kept_in
    from benchsmith.stages.render import draw

    layout = LAYOUTS[name]
    found, readers = given
    soft = {"soft": Window("soft", "hu", 40, 400, 0, 0, ("*",), ("ct",))}
    view, window = ("contour", "soft") if layout.labels else ("image", "")
    window = window if layout.modality == "ct" else ""
    count = 0
    with kept_in(scratch) as kept:
        for unit in found:
            measured = ingest(unit, Slices(per_label=1), readers, kept=kept)
            drawings = [
                Drawing(
                    view=view,
                    kind=f.kind,
                    axis=f.axis,
                    index=f.index,
                    crop=f.crop,
                    window=window,
                    layer=f.layer,
                    value=f.value,
                )
                for f in measured.findings
            ]
            sha256 = measured.samples[0].sha256
            for one in draw(
                unit, sha256, drawings, soft, 512, readers, plugins.painter(), kept=kept
            ):
                (scratch / f"{count:05d}.png").write_bytes(one.png)
                count += 1
    return count
