"""What the files of a built benchmark are called, said once."""

from __future__ import annotations

AUDIT = "audit.json"
"""Every verdict of the last audit."""
