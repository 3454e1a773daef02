"""Moves drafted stems into the pools of their tasks, signed by a curator."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchsmith.documents import shipped, tsv, yaml
from benchsmith.documents.lexicon import curators
from benchsmith.documents.pools import TaskFile
from benchsmith.documents.problems import DocumentError, Problem, Problems, did_you_mean
from benchsmith.documents.signed_stems import ACCEPTED_COLUMNS, ACCEPTED_FILE
from benchsmith.documents.stem_likeness import duplicate, skeleton
from benchsmith.drafting import draft_document
from benchsmith.drafting.check_drafts import BLOCK
from benchsmith.drafting.draft_stems import read
from benchsmith.text.languages import LANGUAGES


def accept(home: Path, file: Path, ids: Sequence[str], curator: str) -> Iterator[str]:
    """Add the drafts with these ids to their pool; yield a line for each.

    Raises DocumentError if a draft, the curator or a list for the stem does not exist, or if a
    stem breaks a rule; the drafts before it stay accepted.
    """
    drafts = _drafts(home, file)
    problems = Problems(home)
    known = curators.collect(home / "lexicon", problems)
    if curator not in known:
        problems.add(home / "lexicon/curators.tsv", 1, f"there is no curator {curator!r}",
                     did_you_mean(curator, known))  # fmt: skip
    for id_ in ids:
        if id_ not in drafts:
            problems.add(file, 1, f"there is no draft {id_!r}", did_you_mean(id_, drafts))
    problems.raise_any()
    for id_ in dict.fromkeys(ids):
        yield f"{id_} added at {put(home, drafts[id_], curator)}, signed by {curator}"


def put(home: Path, draft: draft_document.Draft, curator: str) -> str:
    """Add one stem to its pool, sign it, and return its file and line.

    Raises DocumentError if it breaks a rule or there is no list for it; then nothing is written.
    """
    rows = _accepted(home)
    at = _insert(home, draft)
    _sign(home, rows, draft, curator)
    return at


def _drafts(home: Path, file: Path) -> dict[str, draft_document.Draft]:
    """Return the drafts in a file by id. Raises DocumentError if it has none."""
    shown = Problems(home).show(file.resolve())
    try:
        return draft_document.read(file)
    except OSError:
        near = did_you_mean(
            file.name, [p.name for p in (home / draft_document.FOLDER).glob("*.yaml")]
        )
        raise DocumentError([Problem(shown, 1, "the file is missing", near)]) from None
    except ValueError as error:
        raise DocumentError([Problem(shown, 1, str(error))]) from None


def _insert(home: Path, draft: draft_document.Draft) -> str:
    """Insert a stem after the last of its list, without other changes; return its file and line."""
    problems = Problems(home)
    ending = LANGUAGES[draft.language].ending
    path = home / f"question_pools/tasks/{draft.task}{ending}.yaml"
    library, rules = read(home, draft.language, problems, frozenset())
    pool = library.pools[draft.task]
    existing = (pool.several if draft.several else pool.stems).get(draft.granularity, ())
    known = [(skeleton(s.text), s.at) for s in existing]
    faults = list(
        rules.checker(pool.words).faults(draft.stem, draft.granularity, several=draft.several)
    )
    if what := duplicate(skeleton(draft.stem), known, rules.language):
        faults.append(what)
    new = not path.is_file() and shipped.twin(path, home) is not None
    _, lines = (None, None) if new else yaml.collect(path, TaskFile, problems)
    for what in faults:
        problems.add(path, 1, f"{what}: {draft.stem!r}")
    if lines is None:
        problems.raise_any()
        return _begin(path, draft, problems)
    at = f"{problems.show(path)}:"
    existing = tuple(stem for stem in existing if stem.at.startswith(at))
    if not existing:
        block = BLOCK[draft.several]
        problems.add(path, 1, f"has no list `{block}: {draft.granularity}:` for the stem",
                     "add the first stem by hand")  # fmt: skip
    problems.raise_any()
    last = lines.of((BLOCK[draft.several], draft.granularity, len(existing) - 1))
    text = path.read_text("utf-8").split("\n")
    indent = re.match(r"\s*- *", text[last - 1])
    if indent is None:
        raise DocumentError([Problem(problems.show(path), last, "the list does not have one stem per line",
                                     'write each stem as `- "..."`')])  # fmt: skip
    text.insert(last, indent[0] + json.dumps(draft.stem, ensure_ascii=False))
    _replace(path, "\n".join(text))
    return f"{problems.show(path)}:{last + 1}"


def _begin(path: Path, draft: draft_document.Draft, problems: Problems) -> str:
    """Write a project's first stem of a task whose other stems are shipped; return its file and line."""
    lines = [f"task: {draft.task}", f"language: {draft.language}", "cues: []"]
    lines += ["stems: {}"] if draft.several else []
    lines += [f"{BLOCK[draft.several]}:", f"  {draft.granularity}:"]
    lines.append("    - " + json.dumps(draft.stem, ensure_ascii=False))
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, "\n".join(lines) + "\n")
    return f"{problems.show(path)}:{len(lines)}"


def _accepted(home: Path) -> list[dict[str, str]]:
    """Return the accepted stems. Raises DocumentError."""
    path = home / ACCEPTED_FILE
    rows = tsv.read(path, ACCEPTED_COLUMNS, home) if path.exists() else []
    return [dict(row.cells) for row in rows]


def _sign(
    home: Path, rows: list[dict[str, str]], draft: draft_document.Draft, curator: str
) -> None:
    """Record the model of an accepted stem, and who accepted it."""
    answers = "several" if draft.several else "one"
    rows.append(dict(zip(ACCEPTED_COLUMNS, (draft.task, draft.language, draft.granularity, answers,
                                    draft.stem, draft.model, curator), strict=True)))  # fmt: skip
    rows.sort(key=lambda row: tuple(row[c] for c in ACCEPTED_COLUMNS))
    tsv.write(home / ACCEPTED_FILE, ACCEPTED_COLUMNS, rows)


def _replace(path: Path, text: str) -> None:
    """Write a file atomically."""
    scratch = path.with_name(f".{path.name}.new")
    scratch.write_text(text, encoding="utf-8", newline="\n")
    os.replace(scratch, path)
