"""The keys that a document's model allows: for hints, and for the test of the reference."""

from __future__ import annotations

from typing import Any

import pydantic


def keys_at(model: type[pydantic.BaseModel], place: tuple[int | str, ...]) -> set[str]:
    """Return the keys that are allowed at a place of a document of this model."""
    models = [model]
    for step in place:
        if isinstance(step, int):
            continue
        below = [m for each in models for m in _models(_field(each, step))]
        # a step that is no key is the `kind` by which pydantic selects a model of a union
        models = below or [m for m in models if step in _kinds(m)] or models
    return {field.alias or name for each in models for name, field in each.model_fields.items()}


def known_keys(model: type[pydantic.BaseModel]) -> set[str]:
    """Return every key that a document of this model may have, at any depth."""
    keys: set[str] = set()
    seen: set[type] = set()

    def visit(hint: Any) -> None:
        if isinstance(hint, type) and issubclass(hint, pydantic.BaseModel):
            if hint not in seen:
                seen.add(hint)
                for name, field in hint.model_fields.items():
                    keys.add(field.alias or name)
                    visit(field.annotation)
            return
        for arg in getattr(hint, "__args__", ()):
            visit(arg)

    visit(model)
    return keys


def _field(model: type[pydantic.BaseModel], key: str) -> Any:
    fields = model.model_fields.items()
    return next((f.annotation for name, f in fields if key == (f.alias or name)), None)


def _kinds(model: type[pydantic.BaseModel]) -> tuple[Any, ...]:
    return getattr(_field(model, "kind"), "__args__", ())


def _models(hint: Any) -> list[type[pydantic.BaseModel]]:
    """Return the models in a type hint: itself, or those of its union, list or mapping."""
    if isinstance(hint, type) and issubclass(hint, pydantic.BaseModel):
        return [hint]
    return [model for arg in getattr(hint, "__args__", ()) for model in _models(arg)]
