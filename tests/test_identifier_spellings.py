"""An identifier is found in every spelling of it, and nothing that identifies nobody is."""

from __future__ import annotations

import pytest

from benchsmith.audits.sought_identifiers import Sought
from benchsmith.text.stated_days import days_in

PUBLIC = """
questions about the liver, the spleen and the brain of CT and MR; head, white matter, released 2024-03-01 as
version 1.2.3, patients, cases, kidney_left, Brown and others (2019), chest x ray, abdomen
"""


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("KOWALSKI^ANNA", "PatientName", "Kowalski-Anna"),
        ("KOWALSKI^ANNA", "PatientName", "scan of annakowalski"),
        ("KOWALSKI^ANNA", "PatientName", "Kowalski, Anna"),
        ("KOWALSKI^ANNA", "PatientName", "a\tKowalski\tb"),
        ("KOWALSKI^ANNA", "PatientName", "anna_kowalski.png"),
        ("KOWALSKI^ANNA", "PatientName", "AnnaKowalski2020"),
        ("KOWALSKI^ANNA", "PatientName", "ct3kowalski"),
        ("LEE^MIN", "PatientName", "seen: Min Lee, 3"),
        ("LEE^MIN^JOON", "PatientName", "Lee Min-Joon"),
        ("BROWN^ANNA", "PatientName", "for Anna M. Brown"),
        ("Żółkowski^Łukasz", "PatientName", "zolkowski lukasz"),
        ("Müller-Lüdenscheidt^Jörg", "PatientName", "Joerg MUELLER-LUEDENSCHEIDT"),
        ("Mueller-Muster", "PatientName", "müller-muster"),
        ("O\u2019Brienne^Kate", "PatientName", "OBrienne"),
        ("山田^太郎", "PatientName", "患者山田太郎様の画像"),
        ("MRN-778899", "PatientID", "mrn778899"),
        ("MRN-778899", "PatientID", "MRN_778899"),
        ("MRN-778899", "PatientID", "no. 778899"),
        ("P-0012", "PatientID", "of P0012 and"),
        ("778899", "PatientID", '{"id": 778899}'),
        ("19670402", "PatientBirthDate", "born 1967-04-02"),
        ("19670402", "PatientBirthDate", "02.04.1967"),
        ("19670402", "PatientBirthDate", "4/2/67"),
        ("19670402", "PatientBirthDate", "2 Apr 1967"),
        ("19670402", "PatientBirthDate", "April 2nd, 1967"),
        ("19670402", "PatientBirthDate", "2. avril 1967"),
        ("19670402", "PatientBirthDate", "dob19670402x"),
        ("1967-04-02", "date of birth", "19670402"),
        ("2/4/1967", "dob", "1967/04/02"),
        ("20200131101112.5", "AcquisitionDateTime", "2020-01-31T10:11:12"),
        ("1.2.840.113619.2.1.1", "StudyInstanceUID", "uid=1.2.840.113619.2.1.1;"),
        ("Patient Kowalska seen by Dr Feelgood", "ImageComments", "feelgood"),
        ("St. Hedwig Spital", "InstitutionName", "St. Hedwig Spital"),
        ("Kowalski_Anna_ct", "the name of a folder", "Anna Kowalski"),
        ("scan 778899 of abdomen", "descrip", "778899"),
        ("MRN-0778899", "PatientID", "of MRN 778899"),
        ("1.2.840.113619.2.1", "StudyInstanceUID", "uid_1.2.840.113619.2.1.7.png"),
        ("+48 12 345 67 89", "PatientTelephoneNumbers", "call +48123456789"),
        ("123456789", "patient ssn", "no. 123-45-6789"),
        ("Kowalski^Anna", "PatientName", "Ko\u00adwal\u200bski"),
        ("ИВАНОВ^ПЁТР", "PatientName", "Пётр Иванов"),
        ("Bach^Jo", "PatientName", '["Jo", "Bach"]'),
        ("Lee^Min", "PatientName", '["Lee", "Min"]'),
        ("LI^ANN", "PatientName", "Ann Li"),
        ("LI^YU", "PatientName", "LI_YU_ct.png"),
        ("LI^YU", "PatientName", "Li, Yu"),
        ("LI^YU", "PatientName", "seen by Dr. Li"),
        ("LI^YU", "PatientName", "Mrs Yu and others"),
        ("KOWALSKI^EVA", "PatientName", "patient: Eva"),
        ("KOWALSKI^EVA", "PatientName", '{"name": "eva"}'),
        ("KOWALSKI^ANN", "PatientName", "Frau Ann"),
        ("NUÑEZ^INÉS", "PatientName", "Sra. Ines"),
        ("BROWN^MAX", "PatientName", "Max Brown"),
        ("MATTER^BROWN", "PatientName", "Brown, Matter"),
        ("BROWN^AL", "ReferringPhysicianName", "Dr. Al M. Brown"),
        ("19670402", "PatientBirthDate", "born 670402"),
        ("19670402", "PatientBirthDate", '{"dob": "020467"}'),
        ("19670402", "PatientBirthDate", '{"birthDate": 670402}'),
        ("19670402", "PatientBirthDate", "kowalski_670402.png"),
        ("19670402", "PatientBirthDate", "no. 670402-1234"),
        ("19670402", "PatientBirthDate", "02041967"),
        ("19670402", "PatientBirthDate", "04021967"),
        ("19670402", "PatientBirthDate", "2-IV-1967"),
        ("19670402", "PatientBirthDate", "02.IV.67"),
        ("19670402", "PatientBirthDate", "1967-iv-02"),
        ("19670402", "PatientBirthDate", "2. April 1967"),
        ("19670302", "PatientBirthDate", "2. März 1967"),
        ("19670302", "PatientBirthDate", "2. Maerz 1967"),
        ("19670102", "PatientBirthDate", "2. Jaenner 1967"),
        ("19670802", "PatientBirthDate", "le 2 août 1967"),
        ("19670801", "PatientBirthDate", "1er août 1967"),
        ("19671202", "PatientBirthDate", "2 de diciembre de 1967"),
        ("19670102", "PatientBirthDate", "2 enero 67"),
        ("19670402", "PatientBirthDate", "02APR67"),
        ("19670402", "PatientBirthDate", "02APR1967"),
        ("670402", "PatientBirthDate", "born 1967-04-02"),
        ("778899", "PatientID", "778899.0"),
        ("7788991", "PatientID", "7,788,991 or so"),
        ("7788991", "PatientID", "7.788.991"),
    ],
)
def test_a_spelling_is_found(value: str, kind: str, text: str) -> None:
    assert Sought({value: kind}, PUBLIC).kinds_in(text) == {kind}


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("1", "the name of a sample", "1 2 3"),
        ("001", "PatientID", "001 case 001"),
        ("M", "PatientSex", "M"),
        ("00000", "PatientID", "shard-00000"),
        ("ANONYMOUS^PATIENT", "PatientName", "anonymous patients"),
        ("Anonymized", "PatientName", "all were anonymized"),
        ("CT ABDOMEN", "StudyDescription", "questions about CT, abdomen; CT abdomen"),
        ("Brain", "BodyPartExamined", "the brain"),
        ("liver/12", "the name of a sample", "liver\t12"),
        ("case 0001", "the name of a sample", "cases: 0001"),
        ("kidney_left", "the name of a file", "kidney left, kidney-left, kidney_left"),
        ("20240301", "StudyDate", "released 2024-03-01"),
        ("Brown", "PatientName", "Brown and others (2019)"),
        ("778899", "PatientID", "a share of 0.778899 and 1778899"),
        ("778899", "PatientID", "sha256 ab778899cd12ef34ab778899cd12ef34"),
        ("19670402", "PatientBirthDate", "0.19670402, ab19670402cdef12"),
        ("20240830", "StudyDate", "certifi 2024.8.30"),
        ("TE=2.9;Time=131313.445", "descrip", "131313 files"),
        ("HEAD^WHITE", "PatientName", "a white head"),
        ("Kowalski^Anna", "PatientName", "Anna-Lena and others"),
        ("Lee^Min", "PatientName", "a lee of min 3 lines"),
        ("肝脏^图像", "StudyDescription", "脾"),
        ("1.2.840.113619.2.1", "StudyInstanceUID", "1.2.840.113619.2.10, 1.2.840"),
        ("123456789", "PatientID", "123 456 7890 and 0.123456789"),
        ("KOWALSKI^EVA", "PatientName", "eva, Eva and the evaluation"),
        ("LI^YU", "PatientName", "Li and others"),
        ("LI^AN", "PatientName", "Dr. Ang, patients, LIAN and an item"),
        ("CT^BRAIN", "PatientName", "name: CT; patient CT"),
        ("HEAD^WHITE", "PatientName", "White Head"),
        ("MATTER^BROWN", "PatientName", "brown matter"),
        ("19670402", "PatientBirthDate", "670402 files of 0.670402, sha 67a670402bcdef12"),
        ("19670402", "PatientBirthDate", "x=670402;y=20467"),
        ("20200131", "StudyDate", "ct_200131 or born 200131"),
        ("19670402", "PatientBirthDate", "II 4 IV 67, 2 mg IV 1967"),
        ("778899", "PatientID", "778899.5, 0.778899, 1,778,899 and 778,899,000"),
        ("7788991", "PatientID", "17,788,991 and 7,788,991,000"),
    ],
)
def test_what_identifies_nobody_is_not_found(value: str, kind: str, text: str) -> None:
    assert not Sought({value: kind}, PUBLIC).kinds_in(text)


def test_a_day_that_two_orders_allow_counts_as_both() -> None:
    assert days_in("03/04/1967").days == {"19670304", "19670403"}
    assert days_in("30/04/1967").days == {"19670430"}
    assert not days_in("30.02.1967, 1967-13-01, 19671301").days


def test_a_text_without_end_is_searched_in_time() -> None:
    """Each of these would take minutes, were a part of it looked at once for each place."""
    wanted = Sought({"Kowalski^Anna": "PatientName", "19670402": "PatientBirthDate"}, PUBLIC)
    for text in ("1967" * 250_000, "anna " * 200_000, "a/_" * 300_000, "19670402x" * 100_000):
        wanted.kinds_in(text)
