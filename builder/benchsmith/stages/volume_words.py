"""An image and its layers without their voxels, as values of JSON, which keeps every digit of a number."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import numpy as np

from benchsmith.core.absent_labels import Searched
from benchsmith.core.contracts import Array, Image, Layer, Structure
from benchsmith.stages.label_layers import SourceLayer


def image_words(image: Image) -> dict[str, Any]:
    """Return an image without its voxels as values of JSON, which keeps every digit."""
    values = {field.name: getattr(image, field.name) for field in fields(Image)}
    del values["voxels"]
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in values.items()}


def image_of(written: dict[str, Any], voxels: Array) -> Image:
    """Return the image of `image_words` with its voxels."""
    for name in ("affine", "place", "other_affine", "stored_index"):
        if written[name] is not None:
            written[name] = np.array(written[name], np.float64)
    if written["level_size"] is not None:
        written["level_size"] = tuple(written["level_size"])
    return Image(voxels, **written)


def layer_words(one: SourceLayer) -> list[Any]:
    """Return a layer without its voxels as values of JSON."""
    structures = [
        [value, own.raw, own.stated_at, own.box, own.partial]
        for value, own in one.layer.structures.items()
    ]
    return [structures, asdict(one.searched)]


def layer_of(written: list[Any], voxels: Array) -> SourceLayer:
    """Return the layer of `layer_words` with its voxels."""
    structures = {
        value: Structure(raw, at, box, tuple(partial))
        for value, raw, at, box, partial in written[0]
    }
    searched = Searched(**{name: tuple(labels) for name, labels in written[1].items()})
    return SourceLayer(Layer(voxels, structures), searched)
