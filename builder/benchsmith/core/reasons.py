"""Every reason for leaving something out: its code, a sentence, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was left out."""

    code: str
    sentence: str
    hint: str
    fault: bool
    """True for a fault in the data, which counts against the benchmark's `tolerate`;
    False for a choice the benchmark's author made (a quota, a size rule)."""


def _table(*reasons: Reason) -> dict[str, Reason]:
    return {reason.code: reason for reason in reasons}


REASONS = _table(
    # the source as a whole
    Reason("source-missing", "The source's files are not here.",
           "run `benchsmith fetch NAME`, or put the files into the recipe's data folder", False),
    Reason("licence-forbids", "The source's licence does not let its pictures be passed on.",
           "say `forbidden: keep` for use at home; what is built then is not for publishing", False),
    Reason("not-listed", "The sheet has no row for this file.",
           "add a row to the sheet if the file belongs to the data set", False),
    # files
    Reason("file-missing", "A file that the source speaks of is not there.",
           "download it again, or take it out of the sheet or recipe", True),
    Reason("format-unknown", "No reader is known for this file's ending.",
           "see `docs/reference.md` for the formats that are read", True),
    Reason("unreadable", "The file could not be read.",
           "download it again; the detail says what the reader met", True),
    Reason("truncated", "The file ends before its data does.",
           "download it again", True),
    Reason("checksum", "The compressed stream fails its own checksum.",
           "download it again", True),
    Reason("header", "The file's header contradicts itself or the file.",
           "repair or leave out the file; the detail names the field", True),
    Reason("spacing", "The voxel spacing is zero, negative or not a number.",
           "repair the header", True),
    Reason("not-finite", "The picture has values that are not numbers.",
           "repair or leave out the file", True),
    Reason("series-gap", "The slices of the series are not evenly spaced: one is missing or twice.",
           "complete the series", True),
    Reason("path-outside", "A file names another file that lies outside of the source.",
           "put the data file beside its header, under a plain name", True),
    Reason("burned-in", "The header says that text is burned into the picture.",
           "look at the pictures; if no one can be recognised, say `burned_in: accept`", True),
    Reason("too-large", "The file asks for more memory than a reader may use.",
           "leave it out or cut it into parts", True),
    Reason("worker-died", "The process that worked on it was killed, each time it was tried.",
           "use fewer workers or more memory; the next build tries it again", True),
    Reason("dimensions", "The array has a shape that this reader cannot place in space.",
           "name the component in the recipe, or leave the file out", True),
    Reason("no-patient", "The table does not say whose picture this is.",
           "fill the column in, or say `patient: key` if every picture is of another person", False),
    Reason("no-modality", "The table does not say the picture's modality.",
           "fill the column in", True),
    # labels against images
    Reason("shape-mismatch", "The label volume has another shape than its image.",
           "pair it with the right image, or say `grid: resample` when both carry true geometry",
           True),
    Reason("grid-mismatch", "The label volume lies elsewhere in space than its image.",
           "pair it with the right image, or say `grid: resample` when both carry true geometry",
           True),
    Reason("value-without-name", "The label volume has a value that the recipe does not name.",
           "add the value to `names`, or to `background`", True),
    Reason("class-unknown", "The annotation is of a class that has no name.",
           "add the class to the names", True),
    Reason("box-unsound", "The box has no area, or lies mostly outside of its picture.",
           "correct the annotation; is the box in the form that the recipe says?", True),
    Reason("polygon-unsound", "The outline is no sound polygon, or lies outside of its picture.",
           "correct the annotation", True),
    Reason("run-lengths-unsound", "The run lengths do not fill the picture exactly.",
           "correct the annotation; are they counted in the order that the recipe says?", True),
    Reason("region-crowd", "The annotation marks a crowd and no single thing.",
           "nothing to do", False),
    Reason("label-not-integer", "The label volume holds values that are not whole numbers.",
           "export the labels without interpolation", True),
    Reason("empty-structure", "The structure has no voxels in this sample.", "nothing to do", False),
    # pictures
    Reason("region-small", "The region is smaller than the benchmark's smallest share.",
           "lower `slices.min_share` if small regions are wanted", False),
    Reason("region-cut", "The region reaches the edge of its picture.",
           "say `slices.border: keep` if cut regions are wanted", False),
    Reason("picture-narrow", "The picture's short side is too short beside its long side.",
           "lower `slices.min_side_ratio` if narrow pictures are wanted", False),
    Reason("picture-blank", "The picture shows nothing.", "nothing to do", False),
    Reason("tile-ambiguous", "An object is cut off at this tile's edge, so the count is unclear.",
           "nothing to do", False),
    # labels against the lexicon
    Reason("unmapped-label", "The lexicon does not know this label.",
           "run `benchsmith draft mapping SOURCE` and sign the row", True),
    Reason("dropped-label", "A signed row of the mapping drops this label.",
           "edit the row if the label is wanted", False),
    Reason("unknown-modality", "The sheet names a modality that the lexicon does not have.",
           "correct the sheet, or add the modality to lexicon/tree/modality.tsv", True),
    Reason("no-placement", "The label has no task and department for this modality.",
           "add a row to lexicon/placements.tsv", True),
    Reason("no-name-in-language", "The label or its modality has no name in the benchmark's language.",
           "add it to lexicon/tree/label.LANGUAGE.tsv or modality.LANGUAGE.tsv", False),
    # selection
    Reason("picture-dark", "The picture is nearly all black.",
           "raise `quality.max_dark` if such pictures are wanted", False),
    Reason("picture-bright", "The picture is nearly all saturated.",
           "raise `quality.max_bright` if such pictures are wanted", False),
    Reason("picture-two-valued", "The picture has two grey levels: a mask or a drawing.",
           "take it out of the recipe, or lower `quality.min_middle`", False),
    Reason("region-tiny", "The region is too small in the finished picture.",
           "lower `quality.min_region_side` or `quality.min_region_px`", False),
    Reason("region-clipped", "Too much of the region's outline lies on the picture's border.",
           "raise `quality.max_cut` if such regions are wanted", False),
    Reason("region-scattered", "The region is in too many pieces.",
           "lower `quality.min_whole` if such regions are wanted", False),
    Reason("region-faint", "The region does not differ from what surrounds it.",
           "lower `quality.min_contrast`", False),
    Reason("official-train", "The source's own split has this patient's pictures for training.",
           "say `split.official: ignore` if they are wanted", False),
    Reason("contaminated", "The picture is a copy of one that models may know.",
           "take the folder out of `contamination` if it is wanted", False),
    Reason("blind-solved", "A model answers a question about it without seeing the picture.",
           "look at the options; `drop_blind_solved` is the limit", False),
    Reason("near-duplicate", "The picture is a copy of one that is a candidate already.",
           "nothing to do", False),
    Reason("not-shortlisted", "The answer has more candidates than are looked at.",
           "raise `quota.shortlist`", False),
    Reason("over-patient-share", "This patient has given their share of targets for this answer.",
           "raise `quota.per_patient`", False),
    Reason("over-source-share", "This source has given its share of targets for this answer.",
           "raise `quota.source_share`", False),
    Reason("slice-near", "A slice beside it was taken for this answer.",
           "lower `quota.apart_mm` and `quota.apart_share`", False),
    Reason("over-balance", "The label would be the answer too often in its pool.",
           "say `quota.balance: none`, or add sources with other labels", False),
    Reason("over-quota", "The answer has its full number of targets.",
           "raise `quota.per_answer` if more are wanted", False),
    Reason("over-volume-share", "This volume has given its share of targets for this answer.",
           "raise `quota.per_volume`", False),
    Reason("outside-subset", "The benchmark's subset does not hold this target.",
           "change `subset`", False),
    Reason("review-dropped", "People who reviewed the question dropped it.",
           "take the row out of reviews/ if the target is wanted", False),
    # questions
    Reason("no-stem", "The task has no stems for this granularity.",
           "write stems in question_pools/tasks/", False),
    Reason("pool-too-small", "There are too few labels that may be offered beside the answer.",
           "add sources or labels of the same modality and task", False),
    Reason("no-mirror", "Its key would be right too often where it is offered: no mirrored set takes it.",
           "say `options.unmirrored: keep`, or add pictures of other labels", False),
    Reason("view-not-asked", "The benchmark does not ask at this target's granularity.",
           "add it to `views`", False),
    Reason("absence-unknown", "The source did not look for everything, so no label is surely absent.",
           "say `exhaustive: true` in the recipe if it did", False),
    Reason("region-in-crowd", "The marked box is mostly other structures.",
           "raise `truth.in_box`, or leave the box view out", False),
)  # fmt: skip


def sentence(code: str, detail: str) -> str:
    """Say a rejection in one line for a person, e.g. ``The file ends before ...: 3 of 9 bytes``."""
    reason = REASONS[code]
    return f"{reason.sentence} {detail}".strip() + (f" [{reason.hint}]" if reason.hint else "")
