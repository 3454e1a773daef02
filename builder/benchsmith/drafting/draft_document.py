"""`question_pools/drafts/<task>.<language>.<model>.yaml`: drafts as a document for people."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchsmith.drafting.check_drafts import Draft, Refused

FOLDER = "question_pools/drafts"
HEAD = """\
# Drafts of a model, unsigned: no build reads this file. Whoever agrees with a stem says
#   benchsmith draft accept {file} --stem ID --sign CURATOR
# `refused` has what breaks a rule. Every run writes the file anew: do not edit it.
"""
DRAFT = '  - id: "'
"""How the lines of a draft begin."""
ABOUT = re.compile(r'^(task|language|model): (".*")$', re.MULTILINE)
TOLD = re.compile(r"^ {4}(granularity|answers|stem): (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """One draft as it stands in a document."""

    task: str
    language: str
    model: str
    granularity: str
    several: bool
    stem: str


def plain_name(model: str) -> str:
    """Return a model's name as a part of a file's name.

    >>> plain_name("org/Model 7B:latest")
    'org-Model-7B-latest'
    """
    return re.sub(r"[^A-Za-z0-9_-]+", "-", model).strip("-") or "model"


def place(home: Path, task: str, language: str, model: str) -> Path:
    """Return where the drafts of a task, language and model are written."""
    return home / FOLDER / f"{task}.{language}.{plain_name(model)}.yaml"


def write(
    path: Path, about: Mapping[str, str], drafts: Sequence[Draft], refused: Sequence[Refused]
) -> None:
    """Write the document, in one move; `about` has task, language, model and the prompt's form."""
    lines = [HEAD.format(file=f"{FOLDER}/{path.name}").rstrip("\n")]
    lines += [f"{key}: {_text(about[key])}" for key in ("task", "language", "model")]
    lines.append("prompt: |")
    lines += [f"  {line}".rstrip() for line in _printable(about["prompt"]).splitlines()]
    lines.append("drafts:" if drafts else "drafts: []")
    for draft in drafts:
        lines += [
            f'{DRAFT}{draft.id}"',
            f"    granularity: {draft.granularity}",
            f"    answers: {'several' if draft.several else 'one'}",
            f"    stem: {_text(draft.stem)}",
            "    from:",
            *(f"      - {_origin(origin)}" for origin in draft.origins),
        ]
    lines.append("refused:" if refused else "refused: []")
    for one in refused:
        lines += [
            f"  - granularity: {one.granularity}",
            f"    text: {_text(one.text)}",
            "    why:",
            *(f"      - {_text(why)}" for why in one.why),
            f"    from: {_origin(one.origin)}",
        ]
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.new")
    scratch.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    os.replace(scratch, path)


def read(path: Path) -> dict[str, Found]:
    """Return the drafts of a document by id.

    Only what :func:`write` writes is understood, and each draft by itself: a document may be
    larger than any that people write. Raises ValueError for another file.
    """
    head, *rest = path.read_text("utf-8").split("\nrefused:", 1)[0].split("\n" + DRAFT)
    about = {key: json.loads(value) for key, value in ABOUT.findall(head)}
    if not {"task", "language", "model"} <= about.keys():
        raise ValueError("is no document of drafts")
    return dict(_found(about, text) for text in rest)


def _found(about: Mapping[str, str], text: str) -> tuple[str, Found]:
    told = dict(TOLD.findall(text))
    return text.partition('"')[0], Found(
        about["task"],
        about["language"],
        about["model"],
        told["granularity"],
        told["answers"] == "several",
        json.loads(told["stem"]),
    )


def _origin(of: Mapping[str, str]) -> str:
    """Return where a draft comes from, in one line; the prompt is the answers' digest."""
    told = (f"{key}: {_text(of[key])}" for key in ("modality", "label", "time"))
    return "{" + ", ".join(told) + f", prompt: {_text(of['digest'])}" + "}"


def _text(text: str) -> str:
    """Return a text in double quotes: one of JSON is one of YAML."""
    return json.dumps(_printable(text), ensure_ascii=False)


def _printable(text: str) -> str:
    """Replace what no YAML document may hold: a model can say anything."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)
