"""Task files for lmms-eval and lm-evaluation-harness, which read the release's Parquet files."""

from __future__ import annotations

import re
from pathlib import Path

from benchsmith.exporters import parquet
from benchsmith.exporters.templates import fill
from benchsmith.release.model import Release

MODULE = "cases.py"
"""The Python module that the task files call to make prompts and parse replies."""


def write_lmms_eval(release: Release, folder: Path) -> None:
    """Write `lmms_eval/`: a task for each open split and clinical task, and their module."""
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
    several = any(q.several for q in release.asked())
    for config, parts in parquet.configs(release).items():
        kind, _, branch = config.partition("-")
        for split in [s for s in parts if s not in release.hidden and kind != "department"]:
            name = task_name(release.name, split, *([branch] if branch else []))
            text = fill(template, task=name, split=split, patterns=parts[split], several=several,
                        version=release.benchmark.version)  # fmt: skip
            (place / f"{name}.yaml").write_text(text, encoding="utf-8", newline="\n")
    text = fill("cases.py.jinja", before=before)
    (place / MODULE).write_text(text, encoding="utf-8", newline="\n")
