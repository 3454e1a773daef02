"""Flaws to plant in a made-up audit table, none by default."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Flaws:
    """What is wrong with the table; nothing by default."""

    longest: float = 0.0
    """Share of questions whose answer is spelled out at length."""
    first: float = 0.0
    """Share of questions whose answer is put first, beside those where it is by chance."""
    long_tail: bool = False
    """Labels of very unequal number, wrong options drawn uniformly, as the published rule does."""
    complement: bool = False
    """What is frequent in val is rare in test, wrong options drawn uniformly: card counting."""
    normal: float = 0.0
    """Share of the questions that offer `normal` as wrong in which it is made right instead."""
    marked_style: float = 0.0
    """Share of questions whose answer alone is written in capitals."""
    synonym: bool = False
    """Two labels of one pool mean the same; the lexicon does not know either."""
    parent: bool = False
    """Two labels of one pool are parent and child in the lexicon."""
    odd: float = 0.0
    """Share of questions whose wrong options are all of another branch than the answer."""
    red: bool = False
    """The marks of one label are red."""
    one_size: bool = False
    """One label of each pool comes from one source, in pictures of 512 x 512."""
    ids_by_label: bool = False
    rows_by_label: bool = False
    file_by_label: bool = False
    sex_by_label: bool = False
    count_by_label: bool = False
    """Half of the labels are asked with three options, the other half with five."""
    place_by_label: float = 0.0
    """Share of questions whose answer stands where its label says."""
    place_by_row: bool = False
    """Places go round in the order of rows."""
    same_group: int = 0
    """Patients of val who have another id and one group with a patient of test."""
    same_sample: int = 0
    """Volumes with slices in both splits."""
    hashes: tuple[tuple[str, str], ...] = ()
    """Pairs of perceptual hashes to give to a picture of val and one of test."""
    overlap: int = 0
    """Marked regions of which a wrong option's region covers 30 %."""
    tiny: int = 0
    """Marked regions of 12 pixels."""
    both_true: int = 0
    """Image questions with a wrong option that the picture shows as well."""
    several: int = 0
    """Questions with two answers, of which the source did not look for everything."""
    meta: int = 0
    """Questions that offer `none of the above`."""
    named: int = 0
    """Questions that name their answer."""
    unfilled: int = 0
    """Questions with a placeholder left."""
    twice: int = 0
    """Questions that are asked twice, in other words."""
    sides: int = 0
    """Marked questions that are asked of the left and of the right side in one picture."""
    foreign: int = 0
    """Questions with a wrong option that its modality never shows."""
    single: bool = False
    """A pool with one label."""
    other_val: bool = False
    """Labels of val are other ones than those of test."""
    alone: bool = False
    """Nobody says whose pictures one source's are."""
    unkeyed: int = 0
    """Questions whose answer is none of the options."""
    doubled: int = 0
    """Questions with one option in two spellings."""
    unseen: int = 0
    """Marked pictures that equal the unmarked one."""
    same_ids: int = 0
    empty: int = 0
    """Pictures of 20 pixels."""
    stem_by_label: float = 0.0
    """Share of questions whose stem goes with their label."""
    thick_by_label: bool = False
    """The lines of one label are five pixels thick."""
    form_by_label: bool = False
    """The files of one label have a chunk of text."""
    size_by_label: bool = False
    """The published pictures of half of the labels are smaller."""
    jpeg_by_label: bool = False
    """The pictures of half of the labels were JPEG."""
    tone_by_label: bool = False
    """Each label has a brightness and a contrast of its own."""
    skills: bool = False
    """There are questions of skills, without a flaw."""
    anatomy: float = 0.0
    """Share of the positions whose answer is the usual one, and whose turned picture is left out."""
    usual: float = 0.0
    """Share of the comparisons in which the structure that is usually larger is larger."""
    yes: float = 0.0
    """Share of the questions of absent structures that are left out, so that yes is more frequent."""
    frame_by_label: bool = False
    """Each label has a border or a watermark of its own."""
