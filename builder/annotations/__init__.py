"""Readers of labels, one a kind. To add one: a module, an entry type in the recipe, a line here."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

from builder.ports import Annotations, ReadAnnotations, Request

KINDS: dict[str, str] = {
    "volume": "builder.annotations.volume:read",
    "masks": "builder.annotations.masks:read",
    "instances": "builder.annotations.instances:read",
    "count": "builder.annotations.instances:read_count",
    "sheet": "builder.annotations.sheet:read",
}
"""A recipe's `kind` to its reader."""


def read(labels: Any, request: Request) -> Annotations:
    """Read one labels entry for one image. Raises DataFault."""
    module, function = KINDS[labels.kind].split(":")
    return cast(ReadAnnotations, getattr(import_module(module), function))(labels, request)
