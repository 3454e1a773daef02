"""Models under short names: `raw_sources/models.tsv` states where each is, and how its authors prompt it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.problems import DocumentError, Problem, Problems, did_you_mean
from benchsmith.evaluate import prompts
from benchsmith.evaluate.prompts import Prompt, Wording
from benchsmith.models.local.checkpoint import PREFIX

FILE = "raw_sources/models.tsv"
COLUMNS = (
    "id", "name", "kind", "repository", "link", "licence", "licence_at", "template", "template_at",
    "thinking", "thinking_at", "image_token", "image_token_at", "prompt", "prompt_at", "note",
)  # fmt: skip
PRESET = "preset:"
"""The prefix of a short name of a model at an endpoint."""
AUTHORS = "authors"
"""The prompt with the words that a model's authors use."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One model."""

    id: str
    repositories: tuple[str, ...]
    """Names on the Hugging Face Hub or at an API, the default first."""
    prompt: str
    """The authors' prompt with `<question>` and `<options>`; empty if it was not found."""


def rows(home: Path) -> list[dict[str, str]]:
    """Return the rows of a project's table of models; none without a table. Raises DocumentError."""
    problems = Problems(home)
    path = home / FILE
    found = tsv.collect(path, COLUMNS, problems) if path.is_file() else []
    problems.raise_any()
    return [dict(row.cells) for row in found]


def presets(home: Path) -> dict[str, Preset]:
    """Return a project's models by their ids. Raises DocumentError."""
    return {
        row["id"]: Preset(
            row["id"],
            tuple(part.strip() for part in row["repository"].split("|") if part.strip()),
            row["prompt"].replace("\\n", "\n"),
        )
        for row in rows(home)
    }


def resolved(model: str, home: Path) -> str:
    """Return the full name of a model: ``local:medgemma`` is ``local:google/medgemma-4b-it``.

    ``preset:NAME`` is the name of the model at an endpoint. A name that is not a short name is
    returned unchanged. Raises DocumentError for an unknown ``preset:NAME`` and for one without a repository.
    """
    prefix = next((p for p in (PREFIX, PRESET) if model.startswith(p)), "")
    name = model.removeprefix(prefix)
    if not prefix or (prefix == PREFIX and ("/" in name or Path(name).exists())):
        return model
    known = presets(home)
    found = known.get(name)
    if found is None and prefix == PREFIX:
        return model
    if found is None or not found.repositories:
        what = f"{FILE} has no {'model' if found is None else 'repository of'} {name!r}"
        hint = did_you_mean(name, known) if found is None else "give its full name"
        raise DocumentError(
            [Problem.without_place(what, hint or "see `benchsmith catalog --models`")]
        )
    return (prefix if prefix == PREFIX else "") + found.repositories[0]


def prompt(name: str, model: str, home: Path) -> Prompt:
    """Return a prompt by its name; ``authors`` is the prompt of a model's authors.

    `model` is a full or a short name. Raises DocumentError.
    """
    if name != AUTHORS:
        return prompts.read(name, home)
    full = resolved(model, home).removeprefix(PREFIX).partition("@")[0]
    found = next((p for p in presets(home).values() if full in p.repositories), None)
    if found is None or not found.prompt:
        what = f"{FILE} has no prompt of the authors of {full}"
        raise DocumentError([Problem.without_place(what, "name another `--prompt`")])
    several = prompts.read(prompts.DEFAULT, home).wording.several
    return Prompt(AUTHORS, Wording(one=found.prompt, several=several))
