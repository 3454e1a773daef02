"""COCO JSON: unmarked pictures with the boxes of all targets in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchsmith.annotations.run_lengths import box_of_runs, coco_runs
from benchsmith.core.model import Choice
from benchsmith.exporters import plain
from benchsmith.release.entry import box_in_picture
from benchsmith.release.model import Release
from benchsmith.tables.atomic_files import write_json

Plane = tuple[str, str, int, str]
"""Sample, axis, index and crop: identifies a picture without marks."""
Structure = tuple[str, int, int]
"""Label, layer and value: questions of several skills may be about one structure of a plane."""


def write(release: Release, folder: Path) -> None:
    """Write `coco/<split>.json` for each open split; the pictures are in `plain/`.

    Only pictures of image granularity are used, since marks would reveal the regions, without a scale bar or
    anything else beside the plane, and only if their plane has regions. A structure has one annotation, even
    if several questions are about it. `segmentation` has the mask of a region in the picture's pixels as run
    lengths, with its box and area; it is empty for a target with only a known box, or whose
    pictures all have a form.
    """
    plain.write(release, folder)
    place = folder / "coco"
    place.mkdir()
    digits = plain.prefix_digits(sum(release.counts().values()))
    for split in release.splits():
        if split not in release.hidden:
            write_json(place / f"{split}.json", _document(release, split, digits))


def _document(release: Release, split: str, digits: int) -> dict[str, Any]:
    lexicon = release.lexicon
    asked = {q.target for q in release.asked() if q.split == split and not q.altered}
    masks = {i.choice.id: i.case.region for i in release.items(split) if i.case.region}
    regions: dict[Plane, dict[Structure, Choice]] = {}
    # one of the structure's targets that has a mask
    for target in sorted(asked, key=lambda target: (target not in masks, target)):
        choice = release.choices[target]
        if choice.kind != "image" and choice.box is not None:
            there = regions.setdefault(_plane(choice), {})
            there.setdefault((choice.label, choice.layer, choice.value), choice)
    labels = sorted({c.label for there in regions.values() for c in there.values()})
    numbers = {label: i for i, label in enumerate(labels, start=1)}
    licences = sorted(
        {release.samples[c.sample].licence for p in regions.values() for c in p.values()}
    )
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    done: set[Plane] = set()
    for item in release.items(split):
        plane = _plane(item.choice)
        question = item.question
        bare = question.view == "image" and question.form is None and not question.altered
        if not bare or plane not in regions or plane in done:
            continue
        done.add(plane)
        case = item.case
        images.append({
            "id": len(images) + 1,
            "file_name": f"../{plain.NAME}/{plain.picture_name(case.id, digits)}",
            "width": case.width,
            "height": case.height,
            "license": licences.index(item.sample.licence) + 1,
            "case": case.id,
        })  # fmt: skip
        for _, choice in sorted(regions[plane].items()):
            annotations.append({
                "id": len(annotations) + 1,
                "image_id": len(images),
                "category_id": numbers[choice.label],
                **_shape(choice, masks.get(choice.id, ""), case.width, case.height),
                "iscrowd": 0,
            })  # fmt: skip
    return {
        "info": {
            "description": release.benchmark.title,
            "version": release.benchmark.version,
        },
        "licenses": [
            {"id": i, "name": lexicon.licences[one].name, "url": lexicon.licences[one].url}
            for i, one in enumerate(licences, start=1)
        ],
        "categories": [
            {
                "id": numbers[label],
                "name": lexicon.labels[label].name,
                "supercategory": lexicon.labels[label].parent or lexicon.labels[label].name,
            }
            for label in labels
        ],
        "images": images,
        "annotations": annotations,
    }


def _shape(choice: Choice, runs: str, width: int, height: int) -> dict[str, Any]:
    """Return box, area and mask of a target in a picture of `width` x `height` pixels."""
    counts = coco_runs(runs) if runs else None
    if counts:
        return {
            "bbox": list(box_of_runs(counts, height)),
            "area": sum(counts[1::2]),
            "segmentation": {"size": [height, width], "counts": runs},
        }
    box = box_in_picture(choice, "box", width, height)
    assert box is not None
    rows, columns = choice.plane
    scale = width * height / (rows * columns)
    return {
        "bbox": [round(n, 3) for n in box],
        "area": round(choice.area_px * scale, 3),
        "segmentation": [],
    }


def _plane(choice: Choice) -> Plane:
    return choice.sample, choice.axis, choice.index, str(choice.crop)
