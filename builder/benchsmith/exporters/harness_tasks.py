"""Task files for lmms-eval and lm-evaluation-harness, which read the release's Parquet files.

Questions with several answers are in tasks of their own, whose names end in `_several`.
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
    """Write `lmms_eval/`: tasks for each open split and clinical task, and their module."""
    _write(release, folder / "lmms_eval", "lmms_eval.yaml.jinja", "")


def write_lm_eval(release: Release, folder: Path) -> None:
    """Write `lm_eval/`: the same for lm-evaluation-harness's hf-multimodal models."""
    _write(release, folder / "lm_eval", "lm_eval.yaml.jinja", "<image>\n")


def task_name(*words: str) -> str:
    """Return a task name that both harnesses accept.

    >>> task_name("demo-zh", "test")
    'demo_zh_test'
    """
    return "_".join(re.sub(r"\W+", "_", word.lower()) for word in words)


def _write(release: Release, place: Path, template: str, before: str) -> None:
    place.mkdir()
    for config, parts in parquet.configs(release).items():
        kind, _, branch = config.partition("-")
        for split in [s for s in parts if s not in release.hidden and kind != "department"]:
            name = task_name(release.name, split, *([branch] if branch else []))
            kinds = {
                q.several
                for q in release.asked()
                if q.split == split and branch in ("", cell_of(q).task)
            }
            for several in sorted(kinds):
                own = f"{name}_several" if several else name
                text = fill(template, task=own, split=split, patterns=parts[split], recall=several,
                            filter=("several" if several else "one") if len(kinds) > 1 else "",
                            tokens=release.benchmark.reply_tokens, version=release.benchmark.version)  # fmt: skip
                (place / f"{own}.yaml").write_text(text, encoding="utf-8", newline="\n")
    reader = bundle()
    text = fill("cases.py.jinja", before=before, imports=reader.imports, reader=reader.code)
    (place / MODULE).write_text(text, encoding="utf-8", newline="\n")
