"""Options that belong together as one value: a command takes a NamedTuple instead of its fields."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with one option for each field of its NamedTuple parameters.

    Typer reads a command's signature. The returned function has the flat signature, builds the
    NamedTuples from the options, and calls `command` with them. Fields of different groups must
    have different names.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {}
    flat: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        hint = hints[name]
        if not hasattr(hint, "_field_defaults"):
            flat.append(parameter.replace(annotation=hint))
            continue
        groups[name] = hint
        types = get_type_hints(hint, include_extras=True)
        flat += [
            inspect.Parameter(
                field,
                inspect.Parameter.KEYWORD_ONLY,
                default=hint._field_defaults.get(field, inspect.Parameter.empty),
                annotation=types[field],
            )
            for field in hint._fields
        ]

    def called(**options: Any) -> None:
        values = {
            name: group(**{field: options.pop(field) for field in group._fields})
            for name, group in groups.items()
        }
        command(**values, **options)

    flat = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in flat]
    called.__signature__ = inspect.Signature(flat)  # type: ignore[attr-defined]
    called.__annotations__ = {p.name: p.annotation for p in flat}
    called.__name__, called.__doc__ = command.__name__, command.__doc__
    return called
