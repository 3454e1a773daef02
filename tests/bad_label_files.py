"""Bad COCO, VOC and YOLO files and tables: labels of a picture `good.png` of ROWS x COLUMNS."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.bad_file import COLUMNS, EITHER, READ, REFUSED, ROWS, BadFile


def coco() -> Iterator[BadFile]:
    """Yield COCO files."""

    def text(image: dict[str, object] | None = None, **changed: object) -> str:
        outline = [10, 10, 40, 10, 40, 30, 10, 30]
        mark = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 30, 20], "area": 600,
                "iscrowd": 0, "segmentation": [outline]} | changed  # fmt: skip
        picture = {"id": 1, "file_name": "good.png", "width": COLUMNS, "height": ROWS}
        return json.dumps(
            {
                "images": [picture | (image or {})],
                "categories": [{"id": 1, "name": "polyp"}],
                "annotations": [mark],
            }
        )

    good = text()
    yield BadFile("made/coco/good.json", READ, "sound", good.encode())
    for name, what, bad in (
        ("half.json", "half of the text", good[: len(good) // 2]),
        ("key_twice.json", "a key that comes twice", good.replace('"id": 1,', '"id": 1, "id": 2,')),
        ("nan.json", "NaN", good.replace("600", "NaN").replace("[10, 10, 30", "[NaN, 10, 30")),
        ("deep.json", "100,000 lists in each other", "[" * 100_000 + "]" * 100_000),
        ("digits.json", "a number of 9000 digits", good.replace("600", "9" * 9000)),
        ("class.json", "a class that is not listed", text(category_id=9)),
        ("two_points.json", "an outline of two points", text(segmentation=[[1, 1, 9, 9]])),
        ("odd.json", "an outline of 7 numbers", text(segmentation=[[1, 1, 9, 1, 9, 9, 1]])),
        ("runs.json", "run lengths that do not fill", text(segmentation={"size": [ROWS, COLUMNS], "counts": [9, 9]})),
        ("runs_large.json", "run lengths of 2^62 pixels", text(segmentation={"size": [1 << 31, 1 << 31], "counts": [1 << 62]})),
        ("list.json", "a list", "[]"),
        ("wide.json", "UTF-16", good.encode("utf-16").decode("latin-1")),
    ):  # fmt: skip
        yield BadFile(f"made/coco/{name}", REFUSED, what, bad.encode("latin-1"))
    for name, expect, file in (
        ("up", EITHER, "../good.png"),  # names are compared; no file is opened by one
        ("root", REFUSED, "/etc/passwd"),
        ("web", REFUSED, "http://a.b/c.png"),
    ):
        data = text({"file_name": file}).encode()
        yield BadFile(f"made/coco/{name}.json", expect, f"a picture {file}", data)


VOC = """{head}<annotation><filename>good.png</filename>
<size><width>96</width><height>64</height><depth>3</depth></size>
<object><name>{name}</name><bndbox><xmin>{x}</xmin><ymin>10</ymin><xmax>40</xmax><ymax>30</ymax>
</bndbox></object></annotation>
"""


def voc() -> Iterator[BadFile]:
    """Yield VOC files."""

    def text(head: str = "", name: str = "polyp", x: str = "10") -> str:
        return VOC.format(head=head, name=name, x=x)

    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 9}">' for n in range(1, 10))
    for name, expect, what, data in (
        ("good.xml", READ, "sound", text()),
        ("half.xml", REFUSED, "half of the text", text()[:150]),
        ("laughs.xml", REFUSED, "entities that grow", text(f'<!DOCTYPE a [<!ENTITY a0 "ha">{laughs}]>', "&a9;")),
        ("file.xml", REFUSED, "an entity that is a file", text('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>', "&b;")),
        ("word.xml", REFUSED, "a word in place of a number", text(x="ten")),
        ("nan.xml", REFUSED, "NaN in place of a number", text(x="nan")),
        ("inside_out.xml", REFUSED, "a box that ends before it begins", text(x="60")),
    ):  # fmt: skip
        yield BadFile(f"made/voc/{name}", expect, what, data.encode())


def yolo() -> Iterator[BadFile]:
    """Yield YOLO files, and their lists of names."""
    for name, expect, what, text in (
        ("good.txt", READ, "sound", "0 0.5 0.5 0.25 0.25\n"),
        ("class.txt", REFUSED, "a class without a name", "7 0.5 0.5 0.25 0.25\n"),
        ("pixels.txt", REFUSED, "pixels in place of parts", "0 48 32 20 20\n"),
        ("three.txt", REFUSED, "three numbers", "0 0.5 0.5\n"),
        ("nan.txt", REFUSED, "NaN", "0 nan 0.5 0.25 0.25\n"),
        ("word.txt", REFUSED, "a word", "polyp 0.5 0.5 0.25 0.25\n"),
        ("zero.txt", REFUSED, "a box without a width", "0 0.5 0.5 0 0.25\n"),
        ("code.yaml", REFUSED, "a tag that runs code", "names: !!python/object/apply:os.system [ls]\n"),
        ("aliases.yaml", REFUSED, "aliases that grow", "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)) + "names: *a9\n"),
        ("half.yaml", REFUSED, "a list that does not end", "names: [polyp, \n"),
    ):  # fmt: skip
        yield BadFile(f"made/yolo/{name}", expect, what, text.encode())


def tables() -> Iterator[BadFile]:
    """Yield tables."""
    good = "image,label\na.png,polyp\nb.png,none\n"
    for name, expect, what, data in (
        ("good.csv", READ, "sound", good.encode()),
        ("quotes.csv", READ, "sound, a comma in quotes", b'image,label\na.png,"polyp, flat"\n'),
        ("nothing.csv", REFUSED, "no bytes", b""),
        ("zero_byte.csv", REFUSED, "a byte 0", good.replace("polyp", "po\0lyp").encode()),
        ("open_quote.csv", REFUSED, "a quote that does not close", good.replace("polyp", '"polyp').encode()),
        ("latin.csv", REFUSED, "no UTF-8", good.replace("polyp", "p\xf6lyp").encode("latin-1")),
        ("column.csv", REFUSED, "no column of labels", good.replace("label", "finding").encode()),
        ("twice.csv", REFUSED, "two columns of one name", b"image,label,label\na.png,x,y\n"),
        ("semicolons.csv", REFUSED, "another separator", good.replace(",", ";").encode()),
        ("ragged.csv", REFUSED, "a row of four cells", good.encode() + b"c.png,x,y,z\n"),
    ):  # fmt: skip
        yield BadFile(f"made/csv/{name}", expect, what, data)


KINDS = (coco, voc, yolo, tables)
