"""Pickles of texts and numbers, read without the module `pickle`, which may run code.

VLMEvalKit keeps the replies of one process, or of an unfinished run, as a dictionary from index to
reply. Only the instructions that such a dictionary needs are known here; every other is refused.
Protocols 0 to 5 are those of https://peps.python.org/pep-0307/ and https://peps.python.org/pep-3154/.
"""

from __future__ import annotations

import pickletools
from typing import Any

_MARK = object()
_LITERALS = {
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "UNICODE",
    "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "STRING", "BINSTRING", "SHORT_BINSTRING",
}  # fmt: skip
_FIXED = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}


def load(data: bytes) -> Any:
    """Return the value of a pickle: dictionaries, lists and tuples of texts and numbers.

    Raises ValueError for everything else.
    """
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    argument: Any
    for code, argument, _ in pickletools.genops(data):
        name = code.name
        if name == "STOP":
            break
        if name in _LITERALS:
            stack.append(argument)
        elif name in _FIXED:
            stack.append(_FIXED[name])
        elif name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            memo[argument] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(memo[argument])
        elif name not in ("PROTO", "FRAME"):
            _build(name, stack)
    if len(stack) != 1 or stack[0] is _MARK:
        raise ValueError("is not a complete pickle")
    return stack[0]


def _build(name: str, stack: list[Any]) -> None:
    """Run an instruction that makes or fills a container."""
    if name in ("EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE", "MARK"):
        stack.append({"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}[name]()
                     if name != "MARK" else _MARK)  # fmt: skip
    elif name in ("SETITEM", "APPEND", "TUPLE1", "TUPLE2", "TUPLE3"):
        count = {"SETITEM": 2, "TUPLE2": 2, "TUPLE3": 3}.get(name, 1)
        _fill(name, stack, [stack.pop() for _ in range(count)][::-1])
    elif name in ("SETITEMS", "APPENDS", "DICT", "LIST", "TUPLE"):
        values = []
        while (value := stack.pop()) is not _MARK:
            values.append(value)
        if name in ("DICT", "LIST"):
            stack.append({} if name == "DICT" else [])
        _fill(name, stack, values[::-1])
    else:
        raise ValueError(f"holds more than texts and numbers (the instruction {name})")


def _fill(name: str, stack: list[Any], values: list[Any]) -> None:
    if name.startswith("TUPLE"):
        stack.append(tuple(values))
    elif isinstance(stack[-1], dict):
        stack[-1].update(zip(values[::2], values[1::2], strict=True))
    elif isinstance(stack[-1], list):
        stack[-1].extend(values)
    else:
        raise ValueError("is not a pickle of dictionaries and lists")
