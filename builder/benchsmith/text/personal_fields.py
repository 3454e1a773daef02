"""Names of fields, columns and keys whose values identify a person, a place or a day."""

from __future__ import annotations

import re

from benchsmith.text.plain_letters import plain_letters

DICOM_ATTRIBUTES = frozenset({
    "PatientName", "PatientID", "OtherPatientIDs", "OtherPatientNames", "PatientBirthName",
    "PatientBirthDate", "PatientAddress", "PatientTelephoneNumbers", "PatientMotherBirthName",
    "AccessionNumber", "StudyID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID",
    "FrameOfReferenceUID", "InstitutionName", "InstitutionAddress", "InstitutionalDepartmentName",
    "ReferringPhysicianName", "PerformingPhysicianName", "NameOfPhysiciansReadingStudy",
    "PhysiciansOfRecord", "RequestingPhysician", "OperatorsName", "StationName",
    "DeviceSerialNumber", "StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate",
    "AdmissionID", "ConsultingPhysicianName", "ContentCreatorName", "ResponsiblePerson", "ReviewerName",
    "RequestedProcedureID", "ScheduledPerformingPhysicianName", "PersonName",
})  # fmt: skip
"""Attributes of PS3.15 table E.1-1 that name a person, a place, a device or a day."""
PERSON_NAMES = frozenset({
    "PatientName", "OtherPatientNames", "PatientBirthName", "PatientMotherBirthName", "PersonName",
    "ReferringPhysicianName", "PerformingPhysicianName", "NameOfPhysiciansReadingStudy", "PhysiciansOfRecord",
    "RequestingPhysician", "OperatorsName", "ConsultingPhysicianName", "ContentCreatorName", "ReviewerName",
    "ResponsiblePerson", "ScheduledPerformingPhysicianName",
})  # fmt: skip
"""Those whose value is the name of a person."""
_WORDS = frozenset({
    "patient", "patients", "pat", "subject", "person", "mrn", "accession", "dob", "birth", "birthday", "birthdate",
    "born", "surname", "firstname", "lastname", "fullname", "forename", "physician", "doctor", "referrer",
    "radiologist", "operator", "hospital", "clinic", "institution", "ward", "address", "phone", "telephone", "email",
    "mail", "ssn", "insurance", "author", "artist", "owner", "creator", "username", "user", "annotator", "rater",
    "reviewer", "contributor", "serial", "station", "uid", "filename", "file", "path", "host", "computer",
})  # fmt: skip
"""Words in the name of a column or key whose values name somebody or something of theirs."""
_BIRTH = frozenset({"dob", "birth", "birthday", "birthdate", "born"})
_OTHER_LANGUAGES = frozenset({
    "nachname", "vorname", "geburtsdatum", "geburtstag", "geboren", "geb", "krankenhaus", "klinik", "arzt", "anschrift",
    "nom", "prenom", "naissance", "hopital", "medecin", "adresse", "nombre", "apellido", "apellidos", "paciente",
    "nacimiento", "medico", "direccion", "cognome", "nome", "nascita", "paziente", "ospedale", "indirizzo", "sobrenome",
    "nascimento", "endereco", "nazwisko", "imie", "pacjent", "urodzenia", "szpital", "lekarz", "naam", "achternaam",
    "geboortedatum", "patientnummer", "fall", "fallnummer", "fecha", "datum", "data", "untersuchungsdatum",
})  # fmt: skip
"""Words of columns in German, French, Spanish, Italian, Portuguese, Polish and Dutch, without accents."""
_UNSPACED = re.compile(
    "姓名|患者|病人|出生|生年月日|医院|病院|住院号|门诊号|検査日|检查日期|氏名|이름|환자|생년월일"
)
_CYRILLIC = frozenset(
    {"имя", "фамилия", "отчество", "пациент", "рождения", "больница", "врач", "адрес"}
)
_PIECE = re.compile(r"[^\W\d_a-z]+(?![a-z])|[^\W\d_a-z]?[^\W\d_A-Z]+")
_NAMED = frozenset({"name", "id", "no", "nr", "number", "date", "case", "study", "exam"})
_OF_OTHERS = frozenset(
    {
        "class",
        "label",
        "category",
        "tag",
        "diagnosis",
        "finding",
        "age",
        "sex",
        "description",
        "comment",
        "comments",
        "protocol",
        "type",
    }
)
"""Words in the name of a field about findings, or of a free text."""


def is_personal(field: str) -> bool:
    """Return whether a field, column or key is about a person by its name.

    >>> is_personal("PatientID"), is_personal("mrn_number"), is_personal("label"), is_personal("name")
    (True, True, False, False)
    """
    if field in DICOM_ATTRIBUTES:
        return True
    pieces = _pieces(field)
    return bool(pieces & _WORDS) and not pieces & _OF_OTHERS


def is_birth(field: str) -> bool:
    """Return whether a field holds the day on which a person was born, by its name."""
    return bool(_pieces(field) & _BIRTH)


def is_table_column(column: str) -> bool:
    """Return whether a column of a table names a person or a thing of theirs, as `Name` and `ID` do.

    >>> is_table_column("Name"), is_table_column("exam date"), is_table_column("Prénom"), is_table_column("患者ID")
    (True, True, True, True)
    >>> is_table_column("diagnosis"), is_table_column("finding"), is_table_column("score")
    (False, False, False)
    """
    if _UNSPACED.search(column):
        return True
    pieces = _pieces(column)
    named = _WORDS | _NAMED | _OTHER_LANGUAGES | _CYRILLIC
    return not pieces & _OF_OTHERS and bool(pieces & named)


def _pieces(field: str) -> set[str]:
    return set(map(str.lower, _PIECE.findall(field))) | {
        plain_letters(piece) for piece in _PIECE.findall(field)
    }
