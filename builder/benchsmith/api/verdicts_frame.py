"""The verdicts of an audit as a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from benchsmith.core.errors import InputMissing

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("check", "family", "hard", "outcome", "value", "low", "high", "n", "mark", "says",
           "remedy")  # fmt: skip


def verdicts_frame(path: Path) -> pd.DataFrame:
    """Return one row per check of an ``audit.json`` or ``validity.json``, with the columns `COLUMNS`.

    `value` has the 95 % interval `low` to `high` where one is known; `mark` is its threshold.
    Raises InputMissing if there is no such file.
    """
    import pandas as pd

    try:
        found = json.loads(path.read_text("utf-8"))["checks"]
    except (OSError, ValueError, KeyError) as error:
        raise InputMissing(f"{path} is missing, or is not a record of an audit") from error
    rows = [{name: check.get(name) for name in COLUMNS} for check in found]
    return pd.DataFrame(rows, columns=list(COLUMNS))
