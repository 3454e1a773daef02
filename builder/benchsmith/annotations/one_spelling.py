"""Labels of several readers under one spelling each: `Polyp` of one reader is `polyp` of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from benchsmith.core.contracts import Annotations, Fault, Layer, MarkLayer
from benchsmith.text.normal_form import normal


def alike(each: Mapping[str, Annotations]) -> dict[str, Annotations]:
    """Return each reader's annotations with equal spellings of labels with equal normal forms.

    The spelling of the first reader who states the label is kept; marks come before statements.
    """
    first: dict[str, str] = {}
    spelt: dict[str, str] = {}
    for found in each.values():
        for raw in _words(found):
            spelt[raw] = first.setdefault(normal(raw), raw)
    if all(raw == word for raw, word in spelt.items()):
        return dict(each)
    return {reader: _respelled(found, spelt) for reader, found in each.items()}


def _words(found: Annotations) -> Iterator[str]:
    for layer in found.layers:
        yield from (s.raw for s in layer.structures.values())
    for one in found.stated:
        yield one.raw
        yield from one.perhaps
    for fault in found.faults:
        yield from (fault.raw, *fault.labels)
    yield from sorted(found.not_looked_for | (found.looked_for or frozenset()))


def _respelled(found: Annotations, spelt: Mapping[str, str]) -> Annotations:
    def names(some: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(spelt[name] for name in some))

    def fault(one: Fault) -> Fault:
        return replace(one, raw=spelt[one.raw], labels=names(one.labels))

    def layer(one: Layer | MarkLayer) -> Layer | MarkLayer:
        each = {v: replace(s, raw=spelt[s.raw]) for v, s in one.structures.items()}
        return replace(one, structures=each)

    looked = found.looked_for
    return replace(
        found,
        layers=[layer(one) for one in found.layers],
        stated=[replace(s, raw=spelt[s.raw], perhaps=names(s.perhaps)) for s in found.stated],
        faults=[fault(one) for one in found.faults],
        not_looked_for=frozenset(names(found.not_looked_for)),
        looked_for=None if looked is None else frozenset(names(looked)),
    )
