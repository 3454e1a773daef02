"""Task files for lmms-eval and lm-evaluation-harness, which read the release's Parquet files.

Questions with several answers are in separate tasks, whose names end in `_several`. The tasks of
a hidden split score nothing: their logs are for `benchsmith score`.
"""

from __future__ import annotations

import re
from pathlib import Path

from benchsmith.exporters import parquet
from benchsmith.exporters.bundled_reader import bundle
from benchsmith.exporters.templates import fill
from benchsmith.release.entry import cell_of
from benchsmith.release.model import Release

MODULE = "cases.py"
"""The Python module that the task files call to make prompts and parse replies."""


def write_lmms_eval(release: Release, folder: Path) -> None:
    """Write `lmms_eval/`: tasks for each split and clinical task, and their module.

    The tool's logs have no column of the data set, so the module puts the id there.
    """
    _write(release, folder / "lmms_eval", "lmms_eval.yaml.jinja", "", log_id=True)


def write_lm_eval(release: Release, folder: Path) -> None:
    """Write `lm_eval/`: the same for lm-evaluation-harness's hf-multimodal models."""
    _write(release, folder / "lm_eval", "lm_eval.yaml.jinja", "<image>\n", log_id=False)


def task_name(*words: str) -> str:
    """Return a task name that both harnesses accept.

    >>> task_name("demo-zh", "test")
    'demo_zh_test'
    """
    return "_".join(re.sub(r"\W+", "_", word.lower()) for word in words)


def _write(release: Release, place: Path, template: str, before: str, *, log_id: bool) -> None:
    place.mkdir()
    for config, parts in parquet.configs(release).items():
        kind, _, branch = config.partition("-")
        for split in parts if kind != "department" else ():
            name = task_name(release.name, split, *([branch] if branch else []))
            kinds = _kinds(release, split, branch)
            for several in sorted(kinds):
                own = f"{name}_several" if several else name
                metrics = ["acc", "recall"] if several else ["acc"]
                text = fill(template, task=own, split=split, patterns=parts[split],
                            metrics=["answered"] if split in release.hidden else metrics,
                            filter=("several" if several else "one") if len(kinds) > 1 else "",
                            tokens=release.benchmark.reply_tokens, version=release.benchmark.version)  # fmt: skip
                (place / f"{own}.yaml").write_text(text, encoding="utf-8", newline="\n")
    reader = bundle()
    text = fill("cases.py.jinja", before=before, log_id=log_id, imports=reader.imports,
                reader=reader.code)  # fmt: skip
    (place / MODULE).write_text(text, encoding="utf-8", newline="\n")


def _kinds(release: Release, split: str, task: str) -> set[bool]:
    """Return the kinds of questions that a split has, in one task or in all: with several answers or not."""
    hidden = {v.entry.several for v in release.hidden_cases
              if v.entry.split == split and task in ("", v.entry.task)}  # fmt: skip
    return hidden | {
        q.several for q in release.asked() if q.split == split and task in ("", cell_of(q).task)
    }
