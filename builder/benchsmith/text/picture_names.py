"""Names of pictures as label files state them: a path below some folder, or the bare name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

from benchsmith.text.unicode_names import composed

T = TypeVar("T")


def by_name(named: Iterable[tuple[str, T]]) -> dict[str, T]:
    r"""Return things by their stated names, and by the last part of each name.

    Slashes may be backslashes. A name that several things share maps to none of them.

    >>> by_name([("a/1.png", 1), ("b/1.png", 2), ("b\\2.png", 3)])
    {'a/1.png': 1, 'b/1.png': 2, 'b/2.png': 3, '2.png': 3}
    """
    forms = [
        (form, thing)
        for name, thing in named
        for whole in [composed(name.replace("\\", "/"))]
        for form in dict.fromkeys((whole, whole.rpartition("/")[2]))
    ]
    count = Counter(form for form, _ in forms)
    return {form: thing for form, thing in forms if count[form] == 1}


def missing(names: Iterable[str], path: str) -> str:
    """Return in words why `of_path` finds no match among these names for a path.

    >>> missing(["a.png", "a.png"], "/data/a.png"), missing(["A.PNG"], "/data/a.png")
    ("has the image 'a.png' twice", "has no image 'a.png'; it has 'A.PNG', which differs in upper and lower case")
    """
    own = composed(path).rpartition("/")[2]
    last = [composed(name.replace("\\", "/")).rpartition("/")[2] for name in names]
    if last.count(own) > 1:
        return f"has the image {own!r} twice"
    near = next((name for name in last if name.casefold() == own.casefold()), None)
    case = (
        f"; it has {near!r}, which differs in upper and lower case"
        if near not in (None, own)
        else ""
    )
    return f"has no image {own!r}{case}"


def of_path(things: Mapping[str, T], path: str) -> T | None:
    """Return the thing whose name is the longest ending of a path; None if there is none.

    >>> of_path({"a/1.png": 1, "2.png": 2}, "/data/a/1.png"), of_path({"2.png": 2}, "/b/2.png")
    (1, 2)
    """
    parts = composed(path).split("/")
    for start in range(len(parts)):
        if (found := things.get("/".join(parts[start:]))) is not None:
            return found
    return None
