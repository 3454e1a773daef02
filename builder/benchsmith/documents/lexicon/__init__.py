"""`lexicon/`: the clinical words, one module for each table."""

from benchsmith.documents.lexicon.abbreviations import ABBREVIATION_COLUMNS, Abbreviation
from benchsmith.documents.lexicon.confusables import CONFUSABLE_COLUMNS
from benchsmith.documents.lexicon.curators import CURATOR_COLUMNS
from benchsmith.documents.lexicon.drops import DROP_COLUMNS
from benchsmith.documents.lexicon.intensity_windows import LIMIT_COLUMNS, WINDOW_COLUMNS, Window
from benchsmith.documents.lexicon.lexicon import Lexicon, collect, read
from benchsmith.documents.lexicon.licences import LICENCE_COLUMNS, Licence
from benchsmith.documents.lexicon.placements import PLACEMENT_COLUMNS, Placement
from benchsmith.documents.lexicon.row_checks import ANY
from benchsmith.documents.lexicon.task_kinds import TASK_KIND_COLUMNS
from benchsmith.documents.lexicon.word_mappings import MAPPING_COLUMNS, Mapped

__all__ = [
    "ABBREVIATION_COLUMNS",
    "ANY",
    "CONFUSABLE_COLUMNS",
    "CURATOR_COLUMNS",
    "DROP_COLUMNS",
    "LICENCE_COLUMNS",
    "LIMIT_COLUMNS",
    "MAPPING_COLUMNS",
    "PLACEMENT_COLUMNS",
    "TASK_KIND_COLUMNS",
    "WINDOW_COLUMNS",
    "Abbreviation",
    "Lexicon",
    "Licence",
    "Mapped",
    "Placement",
    "Window",
    "collect",
    "read",
]
