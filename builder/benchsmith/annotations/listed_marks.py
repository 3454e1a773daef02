"""Labels of a whole picture that follow from its marks: the marked labels, or the one that says that nothing is marked."""

from __future__ import annotations

from dataclasses import replace

from benchsmith.annotations.made_labels import without
from benchsmith.core.contracts import Annotations, DataFault, Request, Stated
from benchsmith.text.normal_form import normal


def state(found: Annotations, nothing: str, group: str, request: Request) -> Annotations:
    """Return annotations that also list the marked labels, or `nothing` if there are none.

    A picture with an unknown label does not get `nothing`, because it may show that label.
    Raises DataFault for a volume, whose marks are not in all of its slices.
    """
    if not request.image.planar:
        what = "`nothing` is a label of pictures, and this is a volume"
        raise DataFault("dimensions", request.path, what)
    at = request.show(request.path)
    marked: dict[str, None] = {}
    for layer in found.layers:
        marked |= {s.raw: None for s in layer.structures.values()}
    names = sorted(marked)
    if not names and not found.unknown:
        names = [nothing]
    stated = [Stated(name, group, at) for name in names]
    looked = found.looked_for
    return replace(
        found,
        stated=[*found.stated, *stated],
        looked_for=None if looked is None else looked | {nothing},
    )


def unmarked(found: Annotations, nothing: str) -> Annotations:
    """Return annotations without marks of the label `nothing`, such as a box over the whole picture.

    Raises DataFault if something else is marked too: one of the two statements is wrong.
    """
    marked = {s.raw: s.stated_at for layer in found.layers for s in layer.structures.values()}
    meant = {raw for raw in marked if normal(raw) == normal(nothing)}
    if not meant:
        return found
    word = min(meant)
    if others := sorted(marked.keys() - meant):
        what = f"marks {word}, by which nothing is marked, and also {', '.join(others)}"
        raise DataFault("marks-contradict", marked[word], what)
    return replace(found, layers=[without(layer, meant) for layer in found.layers])
