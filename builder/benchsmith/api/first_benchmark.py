"""Writes the first benchmark file of a source, with settings for a small set."""

from __future__ import annotations

import json
from pathlib import Path

SETTINGS = """\
version: 0.1.0
seed: 1
sources: [{source}]
# Settings for a small set; docs/reference.md has all of them.
options:
  unmirrored: keep  # keep the questions that have no mirror
  min_pool: 1  # ask with two options where the set has no more labels; 3 asks with four or more
  fewest: 1
tolerate:
  faults: 0.2
"""


def write_benchmark(home: Path, source: str, title: str) -> bool:
    """Write `benchmarks/SOURCE.yaml` unless it exists; return whether it was written."""
    path = home / "benchmarks" / f"{source}.yaml"
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    about = f"Questions about {title}, as `benchsmith start` wrote them. Correct this text."
    head = [f"{key}: {json.dumps(text, ensure_ascii=False)}"
            for key, text in (("title", title), ("description", about))]  # fmt: skip
    text = "\n".join(head) + "\n" + SETTINGS.replace("{source}", json.dumps(source))
    path.write_text(text, encoding="utf-8", newline="\n")
    return True
