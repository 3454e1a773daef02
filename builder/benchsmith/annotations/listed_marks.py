"""Labels of a whole picture that follow from its marks: what is marked, or that nothing is."""

from __future__ import annotations

from dataclasses import replace

from benchsmith.core.contracts import Annotations, DataFault, Request, Stated


def state(found: Annotations, nothing: str, group: str, request: Request) -> Annotations:
    """Return annotations that also list the marked labels, or `nothing` if there is none.

    A picture in which a label is unknown has no such label: it may show what is not understood.
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
