"""One entry of `labels:` of a recipe, parsed as a recipe is.

pydantic makes the schema of all kinds of labels in a tenth of a second, so it is made once in a process
and not for each entry.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from benchsmith.documents.labels import Labels


@cache
def _schema() -> TypeAdapter[Any]:
    return TypeAdapter(Labels)


def parsed(entry: object, *, strict: bool | None = None) -> Any:
    """Return an entry as a document. Raises pydantic.ValidationError for a key or value it cannot have."""
    return _schema().validate_python(entry, strict=strict)
