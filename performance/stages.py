"""Print where a build spent its time and memory, as a Markdown table.

rm -rf output/demo && benchsmith build demo && python -m performance.stages
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def main(name: str = "demo") -> None:
    """Sum the steps of `output/<name>/build.json` by stage."""
    build = json.loads((PROJECT / "output" / name / "build.json").read_text())
    print("| stage | rows in | rows out | s | share | peak MB so far |")
    print("| --- | --- | --- | --- | --- | --- |")
    total = sum(step["seconds"] for step in build["steps"])
    for stage in dict.fromkeys(step["stage"] for step in build["steps"]):
        steps = [step for step in build["steps"] if step["stage"] == stage]
        seconds = sum(step["seconds"] for step in steps)
        rows_in, rows_out = (sum(step[key] for step in steps) for key in ("in", "out"))
        peak = max(step["peak_mb"] for step in steps)
        print(
            f"| {stage} | {rows_in} | {rows_out} | {seconds:.1f} | {seconds / total:.0%} | {peak} |"
        )
    print(f"| all | | | {total:.1f} | | {build['peak_mb']} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
