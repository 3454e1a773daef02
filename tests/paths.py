"""Where the project is, and what a Python of a test's own must find to import it and its tests."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PYTHONPATH = os.pathsep.join([str(PROJECT / "builder"), str(PROJECT)])
