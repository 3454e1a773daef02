"""The terminology of segments in a `.seg.nrrd` is compared with the names of the recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchsmith import formats
from benchsmith.core.contracts import Annotations, DataFault
from tests.test_annotations import read
from tests.test_contours import voxels

HEAD = (
    "NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 4 3 2\n"
    "space directions: (2,0,0) (0,3,0) (0,0,5)\nencoding: raw\nspace origin: (1,2,3)\n"
)
NAMES = {1: "liver", 2: "spleen"}
TISSUE = "SCT^85756007^Tissue~SCT^85756007^Tissue~^^"
SPLEEN = "SCT^123037004^Anatomical Structure~SCT^78961009^Spleen~^^"
LIVER = "SCT^123037004^Anatomical Structure~SCT^10200004^Liver~^^"
KIDNEY = "SCT^123037004^Anatomical Structure~SCT^64033007^Kidney"
LEFT = f"{KIDNEY}~SCT^7771000^Left"
MASS = "SCT^49755003^Morphologically Altered Structure~SCT^4147007^Mass~^^"
IN_LIVER = "Anatomic codes - DICOM master list~SCT^10200004^Liver~^^"
IN_NONE = "Anatomic codes - DICOM master list~^^~^^"


def answer(
    folder: Path,
    name: str,
    term: str,
    region: str = IN_NONE,
    names: dict[int, str] | None = None,
    **keys: str,
) -> Annotations:
    """Return what is read of a file whose value 1 has a name and a term, as Slicer writes both."""
    (folder / "a.nrrd").write_bytes(f"{HEAD}\n".encode() + bytes(range(24)))
    lists = "Segmentation category and type - 3D Slicer General Anatomy list"
    tags = f"Segmentation.Status:inprogress|TerminologyEntry:{lists}~{term}~{region}|"
    head = f"{HEAD}Segment0_ID:=Segment_1\nSegment0_Name:={name}\nSegment0_LabelValue:=1\n"
    head += f"Segment0_Layer:=0\nSegment0_Tags:={tags}\n"
    (folder / "m.seg.nrrd").write_bytes(f"{head}\n".encode() + bytes([0, 1, 2, 2] * 6))
    entry = {"kind": "volume", "file": "m.seg.nrrd", "names": names or NAMES, **keys}
    return read(entry, folder, formats.read(folder / "a.nrrd"), name="a.nrrd")


@pytest.mark.parametrize(
    ("name", "term", "region", "first"),
    [
        ("Segment_1", LIVER, IN_NONE, "liver"),
        ("Segment_1", TISSUE, IN_NONE, "liver"),
        ("Segment_1", "~~", IN_NONE, "liver"),
        ("", LIVER, IN_NONE, "liver"),
        ("liver", TISSUE, IN_NONE, "liver"),
        ("Liver", MASS, IN_LIVER, "liver"),  # renamed, with a term that was not changed
        ("Segment_1", LEFT, IN_NONE, "left kidney"),
        ("Segment_1", LEFT, IN_NONE, "kidney, left"),
        ("Segment_1", LEFT, IN_NONE, "kidney"),
        ("Segment_1", f"{KIDNEY}~^^", IN_NONE, "left kidney"),
        ("Segment_1", MASS, IN_LIVER, "liver mass"),
    ],
)
def test_terms_that_agree(tmp_path: Path, name: str, term: str, region: str, first: str) -> None:
    found = answer(tmp_path, name, term, region, {1: first, 2: "spleen"})
    assert {k: int(v.sum()) for k, v in voxels(found).items()} == {first: 6, "spleen": 12}
    assert not found.faults


@pytest.mark.parametrize(
    ("name", "term", "region", "first", "own"),
    [
        ("Segment_1", MASS, IN_LIVER, "liver", "Mass (Liver)"),
        ("Segment_1", f"{KIDNEY}~^^", IN_NONE, "liver", "Kidney"),
        ("", LEFT, IN_NONE, "right kidney", "Left Kidney"),
    ],
)
def test_a_segment_of_another_term_is_unknown(
    tmp_path: Path, name: str, term: str, region: str, first: str, own: str
) -> None:
    names = {1: first, 2: "spleen"}
    found = answer(tmp_path, name, term, region, names)
    assert set(voxels(found)) == {"spleen"} and found.is_unknown(first)
    (fault,) = found.faults
    assert fault.reason == "names-differ" and f"names it {own!r}" in fault.detail
    ignored = answer(tmp_path, name, term, region, names, segment_names="ignore")
    assert set(voxels(ignored)) == {first, "spleen"}, "the mend exists"


@pytest.mark.parametrize("name", ["Segment_1", "", "liver"])
def test_the_term_of_another_value_is_refused(tmp_path: Path, name: str) -> None:
    """Segment_1 with the term Spleen was read as the recipe's liver."""
    with pytest.raises(DataFault, match="names the value 1 'Spleen', the recipe 'liver'") as fault:
        answer(tmp_path, name, SPLEEN)
    assert fault.value.reason == "header"
    both = {1: "kidney", 2: "left kidney"}
    with pytest.raises(DataFault, match="'Left Kidney', the recipe 'kidney'"):
        answer(tmp_path, "Segment_1", LEFT, names=both)
