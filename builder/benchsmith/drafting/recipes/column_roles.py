"""What a column of a table holds: patients, ages, labels, codes, ..., by its name and its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchsmith.drafting.recipes import several_readers
from benchsmith.drafting.recipes.name_words import tokens
from benchsmith.drafting.recipes.table_views import TableView

MOST_WORDS = 300
FEW_ROWS = 6
MIN_SAME = 4
"""Rows from which on a column with one word for all tells nothing."""
MANY_HOT = 4
"""So many columns of 0 and 1 are labels of one list, whatever their names are."""
ONE_HOT = {
    "0",
    "1",
    "",
    "0.0",
    "1.0",
    "-1",
    "-1.0",
    "true",
    "false",
    "yes",
    "no",
    "x",
    "\u2713",
    "\u2714",
}
PATIENT = {"patient", "patientid", "patients", "subject", "lesion", "person", "participant", "case"}
ID_WORDS = {
    "id", "ids", "uid", "nr", "no", "num", "number", "code", "name", "key", "index", "identifier",
    "submitter", "anon", "anonymised", "anonymized", "pseudonym", "deid", "hash", "new", "study",
}  # fmt: skip
"""Words beside those of `PATIENT` in the name of a column that names patients."""
AGE, SEX = {"age"}, {"sex", "gender"}
SIDE = {"laterality", "eye", "side"}
VIEW = {"view", "position", "projection", "frontal"}
SITE = {"site", "localization", "location", "region", "anatom", "anatomy", "bodypart", "organ"}
SPLIT = {"split", "fold", "subset", "usage", "partition"}
LABEL = {
    "label", "labels", "diagnosis", "diagnostic", "dx", "class", "finding", "findings", "grade",
    "level", "category", "stage", "disease", "target", "type", "plane", "keywords", "severity",
    "risk", "pathology", "phase", "step", "gesture",
}  # fmt: skip
_SKIPPED = {
    "width", "height", "date", "time", "url", "path", "file", "filename", "image", "img", "id",
    "uid", "index", "spacing", "confidence", "score", "size", "area", "follow", "number", "rows",
    "columns", "depth", "centre", "center", "hospital", "institution", "scanner", "manufacturer",
    "vendor", "model", "ethnicity", "race", "country", "year", "weight", "bmi", "hash", "md5", "comment", "notes", "version", "camera", "device",
}  # fmt: skip


def role(table: TableView, column: str, key: str) -> str:
    """Return what a column holds: ``patient``, ``age``, ..., ``reader``, ``one-hot``, ``label`` or empty."""
    words = set(tokens(column)) | {re.sub(r"[\W_\d]+", "", column.lower())}
    cells = table.cells(column)
    filled = [c for c in cells if c]
    if _is_one_hot(cells) and sum(_is_one_hot(table.cells(c)) for c in table.columns) >= MANY_HOT:
        return "one-hot"
    if words & PATIENT and set(tokens(column)) <= PATIENT | ID_WORDS:
        return "patient"
    for name, known in (
        ("age", AGE), ("sex", SEX), ("laterality", SIDE), ("official", SPLIT), ("view", VIEW),
        ("site", SITE), ("reader", several_readers.WORDS),
    ):  # fmt: skip
        if words & known and (name != "site" or not words & LABEL):
            return name
    if not filled:
        return ""
    if "method" in words:
        return ""  # a statement of how a label was made is not a label
    keys = table.cells(key)
    if any(k and k in c for k, c in zip(keys, cells, strict=True)):
        return ""
    if words & _SKIPPED and not words & LABEL:
        return ""
    if _is_one_hot(cells) and not words & LABEL:
        return "one-hot"
    distinct = set(filled)
    if len(distinct) == 1 and len(filled) >= MIN_SAME and not words & LABEL:
        return ""
    if words & LABEL and len(distinct) <= MOST_WORDS:
        return "label"
    if all(_number(c) for c in filled) and len(distinct) > 12:
        return ""
    ids = sum(any(ch.isdigit() for ch in c) for c in distinct) > len(distinct) / 2
    few = len(distinct) <= max(2, min(MOST_WORDS, len(filled) / 2)) or len(filled) <= FEW_ROWS
    return "label" if few and not (ids and len(filled) > FEW_ROWS and len(distinct) > 20) else ""


def _is_one_hot(cells: Sequence[str]) -> bool:
    return any(cells) and {c.lower() for c in cells} <= ONE_HOT


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def codes(cells: Sequence[str]) -> bool:
    """Return whether cells are numbers in place of names."""
    return all(_number(c) for c in cells if c)
