"""`benchmarks/<name>.yaml`: what to build."""

from benchsmith.documents.benchmark.audit_marks import Cleared, Marks, Waiver
from benchsmith.documents.benchmark.benchmark import Benchmark, View, collect, read
from benchsmith.documents.benchmark.editions import Draw, Editions
from benchsmith.documents.benchmark.question_settings import (
    Options,
    Picture,
    Prominence,
    Several,
    Truth,
)
from benchsmith.documents.benchmark.selection_settings import Near, Quality, Quota, Slices, Split
from benchsmith.documents.benchmark.skill_settings import IN_PAIRS, ON_PAIRS, Margins, PerSkill
from benchsmith.documents.benchmark.tolerated import Tolerate
from benchsmith.documents.benchmark.types import SIMILARITY_BY_MODALITY

__all__ = [
    "IN_PAIRS",
    "ON_PAIRS",
    "SIMILARITY_BY_MODALITY",
    "Benchmark",
    "Cleared",
    "Draw",
    "Editions",
    "Margins",
    "Marks",
    "Near",
    "Options",
    "PerSkill",
    "Picture",
    "Prominence",
    "Quality",
    "Quota",
    "Several",
    "Slices",
    "Split",
    "Tolerate",
    "Truth",
    "View",
    "Waiver",
    "collect",
    "read",
]
