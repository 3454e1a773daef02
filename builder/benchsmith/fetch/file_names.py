"""Names of files that come from elsewhere: which may become paths below a folder."""

from __future__ import annotations

import re

_DRIVE = re.compile(r"[A-Za-z]:")


def problem(name: str) -> str:
    """Return what is wrong with a file's relative name, or an empty string.

    >>> problem("a/b.png"), problem("a/../../b.png"), problem("C:/b.png")
    ('', 'leads out of its folder', 'leads out of its folder')
    """
    parts = name.split("/")
    if ".." in parts or not parts[0] or _DRIVE.match(name):
        return "leads out of its folder"
    if "\\" in name or any(ord(c) < 32 or ord(c) == 127 for c in name) or {"", "."} & {*parts}:
        return "is not a valid file name here"
    return ""
