"""Names of files that come from elsewhere: which may become paths below a folder."""

from __future__ import annotations

import re

MAX_NAME_BYTES = 255
"""Of a file or folder, in the file systems that are common."""
MAX_PATH_BYTES = 2048
"""Of a relative path; the folder that it is put into has a path too."""
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


def too_long(name: str) -> str:
    """Return that a file's relative name is too long for a file system, or an empty string.

    >>> too_long("a/b.png"), too_long("a/" + "é" * 130)
    ('', 'has a name of 260 bytes, and a file system takes 255')
    """
    longest = max(len(part.encode("utf-8", "surrogatepass")) for part in name.split("/"))
    if longest > MAX_NAME_BYTES:
        return f"has a name of {longest} bytes, and a file system takes {MAX_NAME_BYTES}"
    if len(name.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES:
        return f"is a path of more than {MAX_PATH_BYTES} bytes"
    return ""
