"""The command that reports what this machine has."""

from __future__ import annotations

from pathlib import Path

from benchsmith.cli.app import Home, Json, app, emit
from benchsmith.cli.plain_output import tell


@app.command(epilog="Example: benchsmith doctor")
def doctor(json: Json = False, home: Home = Path()) -> None:
    """Report versions, extras, processors, memory, disk and tokens, and useful installations."""
    from dataclasses import asdict

    from benchsmith.api.doctor import examine

    found = list(examine(home))
    if json:
        emit({"found": [asdict(each) for each in found]})
        return
    width = max(len(each.topic) for each in found)
    for each in found:
        mark = " " if each.ok else "!"
        tell(f"{mark} {each.topic:<{width}}  {each.found}")
        if each.advice:
            tell(f"  {'':<{width}}  {each.advice}")
