"""Pascal VOC XML: boxes with names."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from benchsmith.annotations import mark_doubts, model_confidence
from benchsmith.annotations.found_file import one_file
from benchsmith.annotations.own_picture import check_name
from benchsmith.annotations.shapes import ROTATIONS, PictureMarks
from benchsmith.annotations.strict_documents import load_xml
from benchsmith.core.contracts import Annotations, DataFault, Request
from benchsmith.documents.labels import Voc
from benchsmith.text.plain_numbers import plain_number

MARKS = frozenset({"object", "bndbox", "robndbox", "polygon"})
"""Elements, in lower case, that mark something in a picture."""
ABOUT = frozenset({"object", "source", "owner", "size", "imagesize", "scenesize", "part"})
"""Elements of the root, in lower case, with elements of their own that are known; others may mark something."""


def read(labels: Voc, request: Request) -> Annotations:
    """Read the boxes of one picture.

    VOC counts pixels from 1 and includes the last one (VOC2012 development kit, section 5). Files of other
    tools may count from 0: the recipe says so.
    """
    path = one_file(labels.file, request)
    root = load_xml(path)
    if root.tag != "annotation":
        raise DataFault("header", path, f"its root is <{root.tag}>, not <annotation>")
    height, width = request.image.voxels.shape[1:3]
    stated = tuple(_number(root.find(f"size/{side}")) for side in ("width", "height"))
    if any(n and n != own for n, own in zip(stated, (width, height), strict=True)):
        raise DataFault(
            "shape-mismatch", path, f"states {stated}, the picture has {(width, height)}"
        )
    if labels.picture_name == "check":
        check_name(root.findtext("filename") or "", path, request, "filename")
    shown = request.show(path)
    marks = PictureMarks(request)
    objects = root.findall("object")
    read_here = {id(part) for item in objects for part in item.iter()}
    for element in root.iter():
        if element.tag.lower() in MARKS and id(element) not in read_here:
            what = f"a <{element.tag}> outside the <object> elements of the root is not read"
            marks.fault("class-unknown", shown, what)
    for element in root:
        tag = element.tag.lower()
        if tag not in ABOUT and tag not in MARKS and (len(element) or element.attrib):
            marks.fault("class-unknown", shown, f"a <{element.tag}> is not read")
    for number, item in enumerate(objects, start=1):
        at = f"{shown} object {number}"
        raw = (item.findtext("name") or "").strip()
        corners = [_number(item.find(f"bndbox/{c}")) for c in ("xmin", "ymin", "xmax", "ymax")]
        if not raw:
            marks.fault("class-unknown", at, "the object has no name")
        elif len(item.findall("name")) > 1:
            marks.fault("class-unknown", at, "the object has more than one name")
        elif len(item.findall("bndbox")) > 1:
            marks.fault("box-unsound", at, f"{raw}: it has more than one box", raw)
        elif (sure := model_confidence.stated(fields := _fields(item))) and not labels.confidence:
            marks.fault(model_confidence.REASON, at, model_confidence.why(raw, sure), raw)
        elif (said := mark_doubts.stated(fields)) and not labels.doubted:
            marks.fault(mark_doubts.REASON, at, mark_doubts.why(raw, said), raw)
        elif unread := _not_read(item):
            marks.fault("box-unsound", at, f"{raw}: {unread}", raw)
        elif None in corners:
            marks.fault("box-unsound", at, f"{raw}: a corner is missing or no number", raw)
        else:
            x0, y0, x1, y1 = (c for c in corners if c is not None)
            if min(x0, y0, x1, y1) >= 0 and max(x0, y0, x1, y1) <= 1:
                what = f"{raw}: its corners are between 0 and 1; are these fractions instead of pixels?"
                marks.fault("box-unsound", at, what, raw)
                continue
            first = labels.counted_from
            if min(x0, y0) < first:
                what = (
                    f"{raw}: pixels are counted from 1, but a corner is {min(x0, y0):g}; "
                    "`counted_from: 0` if the file counts from 0"
                )
                marks.fault("box-unsound", at, what, raw)
                continue
            marks.box(raw, at, (x0 - first, y0 - first, x1 - first + 1, y1 - first + 1))
        for part in {(p.findtext("name") or "").strip() for p in item.findall("part")}:
            marks.fault("class-unknown", f"{at} part {part}", "parts of objects are not read", part)
    return marks.all()


def _fields(item: Element) -> dict[str, str]:
    """Return what an object states in elements of its own and in `attributes`, by name."""
    own = {one.tag: (one.text or "").strip() for one in item}
    named = {
        (one.findtext("name") or "").strip(): (one.findtext("value") or "").strip()
        for one in item.iter("attribute")
    }
    return named | own


def _not_read(item: Element) -> str:
    """Return what an object states about its box but is not read; empty if nothing."""
    named = {(a.findtext("name") or "").strip().lower(): a.find("value")
             for a in item.iter("attribute")}  # fmt: skip
    for name in ROTATIONS:
        for element in (*item.iter(name), named.get(name)):
            if _number(element):
                return f"its box is rotated ({name} {_number(element):g}), which is not supported"
    return ""


def _number(element: Element | None) -> float | None:
    try:
        return plain_number((element.text or "").strip()) if element is not None else None
    except ValueError:
        return None
