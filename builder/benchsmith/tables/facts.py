"""Facts: what a work item depends on, each value under the place where it is stated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, Any]
"""A readable place, such as ``benchmarks/demo.yaml: seed``, to the JSON value stated there."""


def flatten(place: str, value: Any, above: str = "") -> Facts:
    """Return a nested value as facts, each named by its file and its dotted key.

    A list of mappings is keyed by position, from 1. Other lists stay whole.

    >>> flatten("a.yaml", {"quota": {"per_answer": 30}, "views": ["box"]})
    {'a.yaml: quota.per_answer': 30, 'a.yaml: views': ['box']}
    """
    if isinstance(value, Mapping) and value:
        return {
            fact: one
            for key, under in value.items()
            for fact, one in flatten(place, under, f"{above}{key}.").items()
        }
    if isinstance(value, list | tuple) and any(isinstance(v, Mapping) for v in value):
        return flatten(place, dict(enumerate(value, start=1)), above)
    return {f"{place}: {above.removesuffix('.')}": value}
