"""Labels made of other labels of the same file: unions and differences of their marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchsmith.annotations.mask_layers import LayerStack
from benchsmith.core.contracts import (
    NOT_UNKNOWN,
    Annotations,
    Array,
    Fault,
    Layer,
    MarkLayer,
    Structure,
)
from benchsmith.documents.labels import Made

Part = str | int


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What each made label consists of, by the names of its parts."""

    union: Mapping[str, Sequence[str]]
    minus: Mapping[str, Sequence[str]]
    """The first part without the others."""
    hidden: frozenset[str] = frozenset()
    """Names of parts that are not labels of their own."""

    def items(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield every made label with its parts."""
        yield from self.union.items()
        yield from self.minus.items()


def made_of(
    labels: Made, hidden: Mapping[Part, str], name_of: Callable[[Part], str] = str
) -> MadeOf:
    """Return what a recipe's made labels consist of; `name_of` names a part.

    `hidden` are the values that no label has, with a name for each.
    """
    union, minus = (
        {name: [hidden.get(p) or name_of(p) for p in parts] for name, parts in each.items()}
        for each in (labels.union, labels.minus)
    )
    return MadeOf(union, minus, frozenset(hidden.values()))


def add(found: Annotations, made: MadeOf, shape: Sequence[int], at: str) -> Annotations:
    """Return annotations with the made labels, and without parts that are not labels.

    `shape` is the image's (z, y, x). A made label is drawn only if all of its parts are known: with
    a missing part its marks would be too small, so the label is unknown. A made label replaces a
    label of the file with the same name.
    """
    if not made.union and not made.minus:
        return found
    stack = LayerStack(shape)
    faults: list[Fault] = []
    for name, parts in made.items():
        lost = [part for part in parts if _is_unknown(found, part)]
        if lost:
            listed = ", ".join(lost)
            what = f"{name} is made of {', '.join(parts)}, and {listed} is unknown here"
            faults.append(Fault("not-looked-for", at, what, name))
            continue
        if name in made.union:
            mask = _marked(found, parts, shape)
        else:
            mask = _marked(found, parts[:1], shape) & ~_marked(found, parts[1:], shape)
        if mask.any():
            partial = _partial(found, parts)
            stack.add(mask, Structure(name, f"{at} {' + '.join(parts)}", partial=partial))
        else:
            faults.append(Fault("empty-structure", at, f"{name} is not in this image", name))
    names = {name for name, _ in made.items()}
    gone = names | made.hidden
    looked = found.looked_for
    if looked is not None:
        lost_names = {f.raw for f in faults if f.reason not in NOT_UNKNOWN}
        looked = (looked - gone) | (names - lost_names)
    return replace(
        found,
        layers=[*(without(layer, gone) for layer in found.layers), *stack.layers()],
        faults=[*_named_again(found.faults, made), *faults],
        looked_for=looked,
        not_looked_for=(found.not_looked_for - gone)
        | {name for name, parts in made.items() if found.not_looked_for & set(parts)},
    )


def _is_unknown(found: Annotations, part: str) -> bool:
    """Return whether a part was not looked for, or stated and not understood.

    If files do not list what was looked for, a part is known if it is marked or stated as empty.
    """
    if part in {f.raw for f in found.faults if f.reason not in NOT_UNKNOWN}:
        return True
    if found.looked_for is not None:
        return part not in found.looked_for
    stated = {s.raw for layer in found.layers for s in layer.structures.values()}
    return part not in stated | {f.raw for f in found.faults}


def _marked(found: Annotations, parts: Sequence[str], shape: Sequence[int]) -> Array:
    """Return the pixels of some labels together, (z, y, x) of bool."""
    mask = np.zeros(tuple(shape)[:3], bool)
    for layer in found.layers:
        mask |= pixels_of(layer, {v for v, s in layer.structures.items() if s.raw in parts})
    return mask


def _partial(found: Annotations, parts: Sequence[str]) -> tuple[str, ...]:
    """Return the axes across which a part is not known whole, sorted."""
    each = (s for layer in found.layers for s in layer.structures.values() if s.raw in parts)
    return tuple(sorted({axis for one in each for axis in one.partial}))


def pixels_of(layer: Layer | MarkLayer, values: set[int]) -> Array:
    """Return the pixels of some values of a layer, (z, y, x) of bool."""
    if isinstance(layer, MarkLayer):
        drawn = np.zeros((1, layer.height, layer.width), bool)
        for value in values:
            drawn[0] |= layer.marks[value].mask(layer.height)
        return drawn
    wanted = np.zeros(int(layer.voxels.max(initial=0)) + 1, bool)
    wanted[[v for v in values if v < len(wanted)]] = True
    inside: Array = wanted[layer.voxels]
    return inside


def without(layer: Layer | MarkLayer, names: set[str] | frozenset[str]) -> Layer | MarkLayer:
    """Return a layer without the structures of some labels."""
    kept = {v: s for v, s in layer.structures.items() if s.raw not in names}
    if isinstance(layer, MarkLayer):
        return replace(layer, structures=kept, marks={v: layer.marks[v] for v in kept})
    return replace(layer, structures=kept)


def _named_again(faults: Sequence[Fault], made: MadeOf) -> Iterator[Fault]:
    """Yield faults; the fault of a part that is not a label becomes one of each label made of it."""
    names = {name for name, _ in made.items()}
    for fault in faults:
        if fault.raw in made.hidden:
            if fault.reason not in NOT_UNKNOWN:
                yield from (
                    replace(fault, raw=name) for name, parts in made.items() if fault.raw in parts
                )
        elif fault.raw not in names or fault.reason not in NOT_UNKNOWN:
            yield fault
