"""What the header of a file says about a person is searched in the release."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image
import PIL.PngImagePlugin
import pydicom

from benchsmith import formats
from benchsmith.audits.identifiers import Hit, scan
from tests.sought_names import sought
from tests.test_formats import write_dicom


def test_every_part_of_exif_is_searched(tmp_path: Path) -> None:
    said = PIL.Image.Exif()
    said.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0by Kowalska"
    PIL.Image.new("L", (3, 3)).save(tmp_path / "p.jpg", exif=said)
    assert scan(tmp_path, sought()) == [Hit("p.jpg", "PatientName")]


def test_headers_say_who(tmp_path: Path) -> None:
    folder = write_dicom(tmp_path, np.zeros((4, 5, 3), int), np.eye(4))
    assert formats.identifiers(folder)["20200101"] == "StudyDate"
    image = nib.Nifti1Image(np.zeros((3, 3, 3), np.uint8), np.eye(4))
    image.header["descrip"] = b"Jane Doe 1967"
    nib.save(image, tmp_path / "v.nii.gz")
    assert formats.identifiers(tmp_path / "v.nii.gz") == {"Jane Doe 1967": "descrip"}
    said = PIL.PngImagePlugin.PngInfo()
    said.add_text("Comment", "left breast of J. Doe")
    PIL.Image.new("L", (3, 3)).save(tmp_path / "p.png", pnginfo=said)
    assert formats.identifiers(tmp_path / "p.png") == {"left breast of J. Doe": "Comment"}


def test_every_slice_of_a_series_says_who(tmp_path: Path) -> None:
    """Also if only the middle one does, in an element that the others have too, and in its meta information."""
    folder = write_dicom(tmp_path, np.zeros((4, 5, 5), int), np.eye(4))
    for number, path in enumerate(sorted(folder.iterdir())):
        data = pydicom.dcmread(path)
        block = data.private_block(0x0031, "OURS", create=True)
        block.add_new(1, "LO", "Kowalska^Anna" if number == 2 else "nobody")
        block.add_new(2, "UN", b"\0\1" * 300 + (b"by Feelgood" if number == 3 else b"by nobody.."))
        if number == 1:
            data.file_meta.SourceApplicationEntityTitle = "NOWAKOWSKI"
            data.preamble = b"seen by Zielinska".ljust(128, b"\0")
        data.save_as(path, enforce_file_format=True)
    found = formats.identifiers(folder)
    assert found["Kowalska^Anna"] == "(0031,1001)"
    assert found["by Feelgood"] == "(0031,1002)"
    assert found["NOWAKOWSKI"] == "SourceApplicationEntityTitle"
    assert found["seen by Zielinska"] == "the preamble"
    slices = {pydicom.dcmread(path).SOPInstanceUID for path in folder.iterdir()}
    assert len(slices) == 5 and slices <= found.keys()


def test_sequences_of_a_header_say_who(tmp_path: Path) -> None:
    folder = write_dicom(tmp_path, np.zeros((4, 5, 3), int), np.eye(4))
    first = min(folder.iterdir())
    data = pydicom.dcmread(first)
    other, request, physician = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
    other.PatientID = "MRN-4711"
    physician.PersonName = "Feelgood^Max"
    request.AccessionNumber = "ACC-778899"
    request.RequestingPhysicianIdentificationSequence = [physician]
    data.OtherPatientIDsSequence, data.RequestAttributesSequence = [other], [request]
    data.save_as(first)
    found = formats.identifiers(folder)
    assert found["MRN-4711"] == "PatientID"
    assert found["ACC-778899"] == "AccessionNumber"
    assert found["Feelgood^Max"] == "PersonName"
    image = nib.Nifti1Image(np.zeros((3, 3, 3), np.uint8), np.eye(4))
    image.header["intent_name"] = b"Jane Doe"
    nib.save(image, tmp_path / "v.nii.gz")
    assert formats.identifiers(tmp_path / "v.nii.gz") == {"Jane Doe": "intent_name"}


def test_of_xmp_the_values_count_and_not_the_markup(tmp_path: Path) -> None:
    packet = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/rdf#">
      <rdf:Description rdf:about="study 4711" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
      <xmp:CreatorTool>Scanner of J&#xE4;ger</xmp:CreatorTool></rdf:Description></rdf:RDF>
      </x:xmpmeta>"""
    said = PIL.PngImagePlugin.PngInfo()
    said.add_itxt("XML:com.adobe.xmp", packet)
    PIL.Image.new("L", (3, 3)).save(tmp_path / "p.png", pnginfo=said)
    found = formats.identifiers(tmp_path / "p.png")
    assert set(found) == {"Scanner of Jäger", "study 4711"}


def test_comments_and_all_parts_of_exif_are_read(tmp_path: Path) -> None:
    """The files are written by Pillow; the bytes of the fields are those of EXIF 2.32."""
    said = PIL.Image.Exif()
    said[0x9C9D] = "Author Kowalska".encode("utf-16-le")
    camera, place = said.get_ifd(0x8769), said.get_ifd(0x8825)
    camera[0xA430], camera[0xA431] = "Owner Kowalska", "SN-778899"
    camera[0x9286] = b"ASCII\0\0\0seen by Kowalska"
    place[0x1C] = b"ASCII\0\0\0Ward of Kowalska"
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>Packet of Kowalska</a></x:xmpmeta>'
    path = tmp_path / "p.jpg"
    PIL.Image.new("L", (3, 3)).save(path, exif=said, comment=b"by Kowalska", xmp=packet)
    found = formats.identifiers(path)
    wanted = {
        "Author Kowalska": "XPAuthor",
        "Owner Kowalska": "CameraOwnerName",
        "SN-778899": "BodySerialNumber",
        "seen by Kowalska": "UserComment",
        "Ward of Kowalska": "GPSAreaInformation",
        "Packet of Kowalska": "xmp",
        "by Kowalska": "comment",
    }
    assert found == wanted
