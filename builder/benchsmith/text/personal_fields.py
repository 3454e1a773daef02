"""Names of fields, columns and keys whose values say who, where or when."""

from __future__ import annotations

import re

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
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
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

    >>> is_table_column("Name"), is_table_column("exam date"), is_table_column("diagnosis")
    (True, True, False)
    """
    pieces = _pieces(column)
    return not pieces & _OF_OTHERS and bool(pieces & (_WORDS | _NAMED))


def _pieces(field: str) -> set[str]:
    return {piece.lower() for piece in _PIECE.findall(field)}
