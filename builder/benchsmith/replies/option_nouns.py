"""Nouns that follow an option's text without changing what it names: a CT scan, the left side, 2 lesions."""

from __future__ import annotations

import re

_MODALITY = re.compile(r"(?:ct|mri|mr|pet|spect|ultrasound|sonography|xray|x|radiography|mammography|oct|flair|dwi|adc|stir|t[12](?:weighted)?|endoscopy|dermoscopy|fluoroscopy)")  # fmt: skip
_PLACE = re.compile(r"(?:(?:upper|lower|middle|top|bottom|central)?(?:left|right|center|centre)?|upper|lower|top|bottom)")  # fmt: skip
_COUNT = re.compile(r"\d{1,3}")
_AFTER_MODALITY = re.compile(r"[ \t]+(?:scans?|images?|slices?|sequences?|examinations?|studies|study|acquisitions?)(?!\w)")  # fmt: skip
_AFTER_PLACE = re.compile(r"(?:[ \t]+|-)(?:hand[ \t]+)?(?:sides?|quadrants?|corners?|parts?|halves|half|thirds?)(?!\w)|[侧側边邊]")  # fmt: skip
_AFTER_COUNT = re.compile(
    r"[ \t]+(?:visible |distinct |separate )?(?:lesion|nodule|mass|cyst|stone|tooth|bleed|haemorrhage|hemorrhage|opacity|plaque|polyp|fracture|tumou?r|nucleus|cell|structure|object|instrument|region|läsion|lésion|lesión|lesão)(?:e?s|en|es|i)?(?!\w)"
    r"|[ \t]+(?:nuclei|lesiones|lesões)(?!\w)|[个個处處枚つ](?:病灶|结节|結節|病变|病變|息肉|肿瘤|细胞)?|개"
)


_BEFORE_MODALITY = re.compile(r"(?<!\w)(?:(?:axial|coronal|sagittal|transverse|chest|abdominal|thoracic|brain|frontal|lateral|contrast-enhanced|non-contrast)[ \t]+)+$", re.IGNORECASE)  # fmt: skip
"""What part of the body a modality shows, and how."""


def begins(text: str, option: str, start: int) -> int:
    """Return where an option's text begins with the words that describe a modality."""
    found = _BEFORE_MODALITY.search(text, max(0, start - 48), start)
    return found.start() if found and _MODALITY.fullmatch(option) else start


def with_noun(text: str, option: str, end: int) -> int:
    """Return where an option's text ends with such a noun; `option` is its words without spaces."""
    for kind, noun in ((_MODALITY, _AFTER_MODALITY), (_PLACE, _AFTER_PLACE), (_COUNT, _AFTER_COUNT)):  # fmt: skip
        if option and kind.fullmatch(option) and (found := noun.match(text, end)):
            return found.end()
    return end
