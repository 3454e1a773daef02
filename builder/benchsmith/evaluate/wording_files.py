"""Files with the wording of prompts and panels: named by path, in the project, or shipped."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from benchsmith.documents import yaml
from benchsmith.documents.problems import DocumentError, Problem, did_you_mean

Form = TypeVar("Form", bound=yaml.Document)
SHIPPED = Path(__file__).parent


def read(what: str, name: str, form: type[Form], home: Path | None) -> tuple[str, Form]:
    """Return the name and content of a prompt or panel; `what` is ``prompt`` or ``panel``.

    `name` is a path, the name of a file in the project's `<what>s/`, or a shipped one. Raises
    DocumentError for a missing or invalid file.
    """
    kept = f"{what}s"
    folders = [folder for folder in (home and home / kept, SHIPPED / kept) if folder]
    places = [Path(name), *(folder / f"{name}.yaml" for folder in folders)]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        known = sorted({p.stem for folder in folders for p in folder.glob("*.yaml")})
        hint = did_you_mean(name, known) or f"use one of {', '.join(known)}, or a file"
        raise DocumentError([Problem.without_place(f"there is no {what} {name!r}", hint)])
    return path.stem, yaml.read(path, form, home)


def digest(words: yaml.Document) -> str:
    """Return the digest of the content."""
    return blake2b(words.model_dump_json().encode(), digest_size=6).hexdigest()
