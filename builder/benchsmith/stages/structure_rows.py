"""Measure the structures of an image in three dimensions, on the runs that areas are counted on."""

from __future__ import annotations

import numpy as np

from benchsmith.core.contracts import Image, MarkLayer
from benchsmith.core.structures import StructureFacts, StructureShape
from benchsmith.imaging.label_runs import LabelRuns
from benchsmith.measurements.grouped_runs import GroupedRuns, of_labels, of_marks
from benchsmith.measurements.measure_structures import Named, measure_structures
from benchsmith.measurements.packed_runs import pack
from benchsmith.stages.label_layers import LayerStack, SourceLayer


def structure_rows(
    stack: LayerStack, sample: str, image: Image
) -> tuple[tuple[StructureFacts, ...], tuple[StructureShape, ...]]:
    """Return the facts and the shape of every structure that has a voxel, in the order of their ids."""
    facts: list[StructureFacts] = []
    shapes: list[StructureShape] = []
    names = stack.names()
    for number, (source, runs) in enumerate(zip(stack.layers, stack.runs, strict=True)):
        values = _values(source, runs)
        if not values:
            continue
        marked = [
            Named(
                sample,
                names[number, value],
                source.layer.structures[value].raw,
                source.layer.structures[value].kind,
            )
            for value in values
        ]
        grouped = _grouped(source, runs, values)
        facts += measure_structures(grouped, marked, image)
        shapes += _shapes(grouped, marked)
    return (
        tuple(sorted(facts, key=lambda row: row.id)),
        tuple(sorted(shapes, key=lambda row: row.id)),
    )


def _values(source: SourceLayer, runs: LabelRuns | None) -> list[int]:
    """Return the values of a layer that mark a structure and have a voxel."""
    if runs is None:
        return sorted(source.layer.structures)
    return [v for v in np.unique(runs.value).tolist() if v in source.layer.structures]


def _grouped(source: SourceLayer, runs: LabelRuns | None, values: list[int]) -> GroupedRuns:
    """Return the runs of a layer by structure."""
    layer = source.layer
    if isinstance(layer, MarkLayer):
        return of_marks({v: layer.marks[v] for v in values}, layer.height, layer.width)
    assert runs is not None
    return of_labels(runs, layer.voxels.shape, values)


def _shapes(runs: GroupedRuns, structures: list[Named]) -> list[StructureShape]:
    """Return the packed runs of each group."""
    edges = np.append(runs.first_runs(), runs.start.size)
    return [
        StructureShape(
            id=one.id,
            sample=one.sample,
            grid=runs.shape,
            runs=pack(runs.start[begin:end], runs.length[begin:end]),
        )
        for one, begin, end in zip(structures, edges[:-1], edges[1:], strict=True)
    ]
