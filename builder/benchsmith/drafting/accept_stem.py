"""Move a drafted stem into its task's pool, under a curator's name."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchsmith.documents import tsv, yaml
from benchsmith.documents.lexicon import curators
from benchsmith.documents.pools import TaskFile
from benchsmith.documents.problems import DocumentError, Problem, Problems, did_you_mean
from benchsmith.documents.signed_stems import ACCEPTED, FILE
from benchsmith.documents.stems import before, skeleton
from benchsmith.drafting import draft_document
from benchsmith.drafting.check_drafts import BLOCK
from benchsmith.drafting.draft_stems import read
from benchsmith.text.languages import LANGUAGES


def accept(home: Path, file: Path, ids: Sequence[str], curator: str) -> Iterator[str]:
    """Put the drafts of these ids into their pool; yields a line for each.

    Raises DocumentError where a draft, the curator or a place for it is not there, or where a
    stem has come to break a rule since it was drafted; those before it stay accepted.
    """
    drafts = _drafts(home, file)
    problems = Problems(home)
    known = curators(home / "lexicon", problems)
    if curator not in known:
        problems.add(home / "lexicon/curators.tsv", 1, f"there is no curator {curator!r}",
                     did_you_mean(curator, known))  # fmt: skip
    for id_ in ids:
        if id_ not in drafts:
            problems.add(file, 1, f"there is no draft {id_!r}", did_you_mean(id_, drafts))
    problems.raise_any()
    for id_ in dict.fromkeys(ids):
        yield f"{id_} stands at {put(home, drafts[id_], curator)}, signed by {curator}"


def put(home: Path, draft: draft_document.Found, curator: str) -> str:
    """Put one stem into its pool under a curator's name, and return its place.

    Raises DocumentError where it breaks a rule, or there is no list to put it into; then nothing is
    written.
    """
    at = _insert(home, draft)
    _sign(home, draft, curator)
    return at


def _drafts(home: Path, file: Path) -> dict[str, draft_document.Found]:
    """Read a document of drafts. Raises DocumentError where there is none."""
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


def _insert(home: Path, draft: draft_document.Found) -> str:
    """Write a stem behind the last of its list, and leave every other byte; return its place."""
    problems = Problems(home)
    ending = LANGUAGES[draft.language].ending
    path = home / f"question_pools/tasks/{draft.task}{ending}.yaml"
    library, rules = read(home, draft.language, problems, frozenset())
    pool = library.pools[draft.task]
    standing = (pool.several if draft.several else pool.stems).get(draft.granularity, ())
    said = [(skeleton(s.text), s.at) for s in standing]
    faults = list(
        rules.checker(pool.cues).faults(draft.stem, draft.granularity, several=draft.several)
    )
    if what := before(skeleton(draft.stem), said, rules.language):
        faults.append(what)
    _, lines = yaml.read(path, TaskFile, problems)
    for what in faults:
        problems.add(path, 1, f"{what}: {draft.stem!r}")
    if not standing:
        block = BLOCK[draft.several]
        problems.add(path, 1, f"has no list `{block}: {draft.granularity}:` to put a stem into",
                     "write its first stem by hand")  # fmt: skip
    problems.raise_any()
    last = lines.of((BLOCK[draft.several], draft.granularity, len(standing) - 1))
    text = path.read_text("utf-8").split("\n")
    indent = re.match(r"\s*- *", text[last - 1])
    if indent is None:
        raise DocumentError([Problem(problems.show(path), last, "is not one stem a line",
                                     'write each as `- "..."`')])  # fmt: skip
    text.insert(last, indent[0] + json.dumps(draft.stem, ensure_ascii=False))
    _replace(path, "\n".join(text))
    return f"{problems.show(path)}:{last + 1}"


def _sign(home: Path, draft: draft_document.Found, curator: str) -> None:
    """Write down who accepted a stem of which model."""
    path = home / FILE
    rows = (
        [dict(r.cells) for r in tsv.read(path, ACCEPTED, Problems(home))] if path.exists() else []
    )
    answers = "several" if draft.several else "one"
    rows.append(dict(zip(ACCEPTED, (draft.task, draft.language, draft.granularity, answers,
                                    draft.stem, draft.model, curator), strict=True)))  # fmt: skip
    rows.sort(key=lambda row: tuple(row[c] for c in ACCEPTED))
    tsv.write(path, ACCEPTED, rows)


def _replace(path: Path, text: str) -> None:
    """Write a file in one move."""
    scratch = path.with_name(f".{path.name}.new")
    scratch.write_text(text, encoding="utf-8", newline="\n")
    os.replace(scratch, path)
