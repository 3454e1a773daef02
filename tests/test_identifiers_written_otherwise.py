"""Identifiers that only a program or a reader's eye brings back: base85, PDF, letters apart, letters of other alphabets."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from benchsmith.audits.byte_texts import texts_of_text
from benchsmith.audits.identifiers import kinds_in, scan
from benchsmith.audits.sought_identifiers import Sought
from tests.test_identifier_spellings import PUBLIC

SAID = "seen: Anna Kowalska, MRN 778899"
Z85 = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#",
)


def found(text: str, value: str = "KOWALSKA^ANNA", kind: str = "PatientName") -> bool:
    return kinds_in(texts_of_text(text), Sought({value: kind}, PUBLIC)) == {kind}


@pytest.mark.parametrize(
    "write",
    [
        base64.b85encode,
        base64.a85encode,
        lambda data: base64.a85encode(data, adobe=True, wrapcol=20),
        lambda data: base64.b85encode(data).decode().translate(Z85).encode(),
    ],
)  # fmt: skip
@pytest.mark.parametrize("said", [SAID, "Kowalska", "anna.kowalska"])
def test_base85(write: Callable[[bytes], bytes], said: str) -> None:
    word = write(said.encode()).decode()
    assert found(word) and found(f"a {word}\tb")
    if not {"\\", '"'} & set(word):
        assert found(json.dumps({"key": word}))


def pdf(content: bytes, kind: bytes = b"") -> bytes:
    head = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n4 0 obj\n"
    length = b"<< /Length %d %s >>\nstream\n" % (len(content), kind)
    return head + length + content + b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


SHOWN = {
    "a string": b"BT /F1 12 Tf (Anna Kowalska) Tj ET",
    "kerned": b"BT [(Ko) -20 (wal) 12.5 (ska)] TJ ET",
    "in two pieces": b"BT (Kowal) Tj (ska) Tj ET",
    "escaped": rb"BT (K\157wal\
ska \(f\)) Tj ET",
    "in hexadecimal digits": b"BT <" + b"Kowalska".hex().encode() + b"> Tj ET",
    "in UTF-16": b"/Title <FEFF" + "Kowalska".encode("utf-16-be").hex().encode() + b">",
}


@pytest.mark.parametrize("coding", ["bare", "flate", "flate85", "hex"])
@pytest.mark.parametrize("how", sorted(SHOWN))
def test_streams_of_a_pdf(tmp_path: Path, how: str, coding: str) -> None:
    shown = SHOWN[how]
    packed = zlib.compress(shown)
    data = {
        "bare": lambda: pdf(shown),
        "flate": lambda: pdf(packed, b"/Filter /FlateDecode"),
        "flate85": lambda: pdf(base64.a85encode(packed) + b"~>", b"/Filter [/ASCII85Decode /FlateDecode]"),
        "hex": lambda: pdf(shown.hex().encode() + b">", b"/Filter /ASCIIHexDecode"),
    }[coding]()  # fmt: skip
    sought = Sought({"KOWALSKA^ANNA": "PatientName"}, PUBLIC)
    (tmp_path / "a.pdf").write_bytes(data)
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as members:
        members.writestr("inside", data)
    (tmp_path / "b.bin").write_bytes(box.getvalue())
    (tmp_path / "c.txt").write_text(
        "data:application/pdf;base64," + base64.b64encode(data).decode()
    )
    assert {hit.file for hit in scan(tmp_path, sought)} == {"a.pdf", "b.bin", "c.txt"}


@pytest.mark.parametrize(
    "text",
    ["by K o w a l s k a.", "K.o.w.a.l.s.k.a", "K-o-w-a-l-s-k-a", "A n n a K o w a l s k a", "k_o_w_a_l_s_k_a",
     "K\u00a0o\u00a0w\u00a0a\u00a0l\u00a0s\u00a0k\u00a0a",
     "K\u043ewalska", "\u041aowalska, A.", "\u039a\u03bfwalsk\u0430", "Anna K\u03bfwalska", "K0walska", r"K\u043ewalska",
     "\uff2b\uff4f\uff57\uff41\uff4c\uff53\uff4b\uff41", "\U0001d40a\U0001d428\U0001d430\U0001d41a\U0001d425\U0001d42c\U0001d424\U0001d41a"],
)  # fmt: skip
def test_what_reads_like_a_name(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "\u041f\u0451\u0442\u0440 \u0418\u0432a\u043d\u043e\u0432",
        "\u041f\u0401\u0422\u0420 \u0418BAHOB",
        "\u0418 \u0432 \u0430 \u043d \u043e \u0432",
    ],
)
def test_a_name_in_cyrillic_with_latin_letters(text: str) -> None:
    assert found(text, "\u0418\u0412\u0410\u041d\u041e\u0412^\u041f\u0401\u0422\u0420")


@pytest.mark.parametrize(
    "text",
    [
        "options A B C D",
        "a b c d e f",
        "K o w a l",
        "\u0441\u043e\u0432\u0430 \u0438 \u043a\u043e\u0442",
        "7 7 8 8 9 9",
    ],
)
def test_what_does_not(text: str) -> None:
    assert not found(text) and not found(text, "778899", "PatientID")


@pytest.mark.parametrize("number", ["7", "0042", "1234"])
@pytest.mark.parametrize(
    "shape",
    ["patient {}", "Patient ID: {}", '{{"patient_id": {}}}', "subject {},", "MRN {}", "pat_{}.png", "patient #{}", "patient {}.0"],
)  # fmt: skip
def test_a_short_number_beside_a_word_for_a_patient(number: str, shape: str) -> None:
    assert found(shape.format(number), number, "PatientID")
    assert found(shape.format(number.lstrip("0")), number, "the name of a patient")
    assert not found(shape.format("8"), number, "PatientID")


@pytest.mark.parametrize(
    "text", ["{} cases", "patients: {}", "per patient: {}", "patient {}.5", "patient {}%", "patient {}0", "impatient {}"]
)  # fmt: skip
def test_a_short_number_elsewhere(text: str) -> None:
    assert not found(text.format("42"), "42", "PatientID")
    assert not found("patient 42", "42", "AccessionNumber")


@pytest.mark.parametrize(
    "text",
    ["20210314", "scan_20210314.png", "14032021", "14.03.21", "03/14/21", "21-03-14", "14 Mar 21", "14-III-21",
     "study date: 210314", "acquired 140321", "Untersuchung am 140321"],
)  # fmt: skip
def test_days_of_studies_without_a_century(text: str) -> None:
    assert found(text, "20210314", "StudyDate")


@pytest.mark.parametrize(
    "text",
    ["version 21.3.14", "rows 210314", "img_210314.png", "0.210314", "14.03.22", "114.03.21"],
)
def test_numbers_that_are_no_days_of_studies(text: str) -> None:
    assert not found(text, "20210314", "StudyDate")
