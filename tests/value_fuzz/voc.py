"""Pascal VOC files, judged by a short parser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.value_fuzz import marks
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.marks import COLUMNS, ROWS
from tests.value_fuzz.mutants import Change, Format, Refused
from tests.value_fuzz.values import Values


def _voc(alter: Callable[[Chance, Any], None], head: str = "", encoding: str = "utf-8") -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        root = ElementTree.Element("annotation")
        ElementTree.SubElement(root, "filename").text = "good.png"
        size = ElementTree.SubElement(root, "size")
        for name, value in (("width", COLUMNS), ("height", ROWS), ("depth", 3)):
            ElementTree.SubElement(size, name).text = str(value)
        for _ in range(chance.whole(0, 4)):
            item = ElementTree.SubElement(root, "object")
            ElementTree.SubElement(item, "name").text = chance.pick(marks.NAMES)
            x, y, width, height = marks.box(chance, whole=True)
            box = ElementTree.SubElement(item, "bndbox")
            corners = (x + 1, y + 1, x + width, y + height)
            for name, value in zip(("xmin", "ymin", "xmax", "ymax"), corners, strict=True):
                ElementTree.SubElement(box, name).text = f"{value:g}"
        alter(chance, root)
        text = ElementTree.tostring(root, "unicode")
        (folder / "a.xml").write_bytes((head + text).encode(encoding))
        return folder / "a.xml"

    return change


def _voc_order(chance: Chance, root: Any) -> None:
    for item in root.iter("bndbox"):
        item[:] = chance.shuffled(list(item))
    root[:] = chance.shuffled(list(root))


def _voc_decimals(chance: Chance, root: Any) -> None:
    for item in root.iter("xmin"):
        item.text = f" {float(item.text):.2f}\n"


def _voc_commas(chance: Chance, root: Any) -> None:
    for item in list(root.iter("xmax"))[:1]:
        item.text = chance.pick(("12,5", "1e1", "0x11", ""))


def _voc_parts(chance: Chance, root: Any) -> None:
    """Add objects inside objects, and other elements of the same names."""
    for item in root.findall("object"):
        part = ElementTree.SubElement(item, "part")
        ElementTree.SubElement(part, "name").text = "hand"
        box = ElementTree.SubElement(part, "bndbox")
        for name in ("xmin", "ymin", "xmax", "ymax"):
            ElementTree.SubElement(box, name).text = "1"
        ElementTree.SubElement(item, "truncated").text = "1"


def _voc_size(chance: Chance, root: Any) -> None:
    root.find("size/width").text = chance.pick(("0", str(COLUMNS), str(COLUMNS + 1)))


def _voc_turned(chance: Chance, root: Any) -> None:
    """Exchange two corners of a box."""
    for box in list(root.iter("bndbox"))[:1]:
        box.find("xmin").text, box.find("xmax").text = box.find("xmax").text, box.find("xmin").text


def ours(path: Path) -> Values:
    """Return the marks of a picture."""
    return marks.ours(path, {"kind": "voc", "file": path.name})


def theirs(path: Path) -> Values:
    """Parse with ElementTree: pixels count from 1, and the last one is inside (VOC 2012, section 5)."""
    root = ElementTree.parse(path).getroot()  # noqa: S314
    size = [int(root.findtext(f"size/{n}") or 0) for n in ("width", "height")]
    if root.tag != "annotation" or (all(size) and size != [COLUMNS, ROWS]):
        raise Refused("another size")
    found = []
    for item in root.findall("object"):
        box = item.find("bndbox")
        if box is None:
            raise Refused("no box")
        x0, y0, x1, y1 = (float(box.findtext(n) or "") for n in ("xmin", "ymin", "xmax", "ymax"))
        if x1 < x0 or y1 < y0:
            raise Refused("inside out")
        name = (item.findtext("name") or "").strip()
        found.append(marks.mark(name, marks.box_mask(x0 - 1, y0 - 1, x1, y1)))
    return marks.theirs(found)


FORMAT = Format(
    "Pascal VOC",
    "ElementTree, in this test",
    {
        "boxes": _voc(lambda c, r: None),
        "order": _voc(_voc_order),
        "spaces and decimals": _voc(_voc_decimals),
        "odd numbers": _voc(_voc_commas),
        "parts of objects": _voc(_voc_parts),
        "size of the picture": _voc(_voc_size),
        "corners exchanged": _voc(_voc_turned),
        "declared Latin-1": _voc(lambda c, r: None, "<?xml version='1.0' encoding='iso-8859-1'?>", "latin-1"),
        "byte order mark": _voc(lambda c, r: None, "\ufeff"),
    },
    ours,
    theirs,
    alone={"could not convert|invalid literal|no box|inside out": "one box of several is not a "
                                                                  "box: it alone is left out"},
)  # fmt: skip
