"""The reasons for rejections: a code, a sentence, and a hint on what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was rejected."""

    code: str
    sentence: str
    hint: str
    fault: bool
    """True for a fault of the data, which counts against ``tolerate.faults``; False for a choice
    of the benchmark's author, such as a quota."""
    unpaired: bool = False
    """True for a row or file without a picture, which counts against ``tolerate.unpaired``."""

    @property
    def loses_input(self) -> bool:
        """Whether something that a source has, or should have, is not read for this reason."""
        return self.fault or self.unpaired or self.code in ("not-listed", "mask-missing")


def _table(*reasons: Reason) -> dict[str, Reason]:
    return {reason.code: reason for reason in reasons}


REASONS = _table(
    # the source as a whole
    Reason("source-missing", "The source is not downloaded.",
           "run `benchsmith fetch NAME`, or put the files into the recipe's data folder", False),
    Reason("licence-forbids", "The source's licence forbids redistributing its pictures.",
           "set `forbidden: keep` for private use; such a build must not be published", False),
    Reason("not-listed", "The table has no row for this file.",
           "add a row to the table if the file belongs to the data set", False),
    # files
    Reason("no-picture", "There is no picture for this row of a table or this label file.",
           "download the picture, correct the recipe's path, remove the row or file, or raise "
           "`tolerate.unpaired`", False, unpaired=True),
    Reason("key-twice", "Several pictures of the source have the same key.",
           "set `key` in the recipe to a pattern that distinguishes them, such as `{folder}/{key}`", True),
    Reason("name-case", "The file's name differs from the recipe's pattern in upper and lower case.",
           "rename the file, or correct the pattern in the recipe", True),
    Reason("name-encoding", "The file's name is not valid UTF-8.", "rename the file", True),
    Reason("link-outside", "A link leads out of the source's folder.",
           "replace the link with a copy of its target", True),
    Reason("not-a-file", "There is no regular file under this name.",
           "put the file there, or remove the entry with this name", True),
    Reason("mask-missing", "A label that has masks in other pictures has no mask file here.",
           "add the file, empty where the label is absent; without it the label is unknown", False),
    Reason("file-missing", "A file that the source refers to is missing.",
           "download it again, or remove it from the table or recipe", True),
    Reason("format-unknown", "There is no reader for files with this ending.",
           "`docs/reference.md` lists the formats", True),
    Reason("unreadable", "The file could not be read.",
           "download it again; the detail has the reader's message", True),
    Reason("truncated", "The file ends before its data is complete.",
           "download it again", True),
    Reason("checksum", "The compressed stream does not match its checksum.",
           "download it again", True),
    Reason("header", "The file's header contradicts itself or the file.",
           "repair or exclude the file; the detail names the field", True),
    Reason("spacing", "The voxel spacing is zero, negative or not a number.",
           "repair the header", True),
    Reason("not-finite", "The picture contains NaN or infinity.",
           "repair or exclude the file", True),
    Reason("series-gap", "The slices do not form one evenly spaced series.",
           "put each slice of one series into the folder once, and no other files", True),
    Reason("path-outside", "A file refers to another file outside the source.",
           "put the data file beside its header, and refer to it by its bare name", True),
    Reason("burned-in", "The header declares text burned into the picture.",
           "check the pictures; if no one can be identified, set `burned_in: accept`", True),
    Reason("too-large", "The file needs more memory or work than a reader may use.",
           "exclude it, or split it into smaller files; the detail has the number", True),
    Reason("worker-died", "The worker process was killed on every attempt.",
           "use fewer workers or more memory; the next build retries it", True),
    Reason("not-a-picture", "The file is not a picture or a volume.",
           "narrow the pattern of `images`, so that it does not match this file", True),
    Reason("dimensions", "The array has a shape that this reader does not support.",
           "name the component in the recipe, or exclude the file", True),
    Reason("no-patient", "The table does not state the patient of this picture.",
           "fill in the column, or set `patient: key` if every picture is of a different person", False),
    Reason("no-modality", "The table does not state the modality of this picture.",
           "fill in the column", True),
    # labels against images
    Reason("shape-mismatch", "The labels and their image differ in shape.",
           "pair them with the right image, or export them on its grid", True),
    Reason("grid-mismatch", "The labels and their image differ in position.",
           "pair them with the right image, or correct the position in their headers", True),
    Reason("another-patient", "The labels belong to another patient, series or frame of reference.",
           "pair them with the right image, or set `identity: ignore` if identifiers were replaced",
           True),
    Reason("frame-unstated", "The header turns the picture, and the frame of its marks is not stated.",
           "set `frame: stored` or `frame: shown` in the entry of `labels`", True),
    Reason("value-without-name", "The label volume has a value that the recipe does not name.",
           "add the value to `names`, or to `background`", True),
    Reason("class-unknown", "The class of the annotation has no name.",
           "add the class to the names", True),
    Reason("box-unsound", "The box is empty, or mostly outside its picture.",
           "correct the annotation; check the box format stated in the recipe", True),
    Reason("polygon-unsound", "The outline is not a valid polygon, or lies outside its picture.",
           "correct the annotation", True),
    Reason("contour-type", "The contour type is not supported.",
           "export the structure with closed planar contours", True),
    Reason("outline-mask", "The mask is a drawn outline and not a region.",
           "set `fill: true` for the inside, or `fill: false` for the line", True),
    Reason("mask-alpha", "The mask's colours and its alpha channel mark different pixels.",
           "export the mask without transparency", True),
    Reason("run-lengths-unsound", "The run lengths do not cover the picture exactly.",
           "correct the annotation; check the pixel order stated in the recipe", True),
    Reason("region-crowd", "The annotation marks a crowd and not a single object.",
           "nothing to do", False),
    Reason("label-not-integer", "The label volume contains values that are not integers.",
           "export the labels without interpolation", True),
    Reason("empty-structure", "The source looked for the structure and did not find it in this sample.",
           "nothing to do", False),
    Reason("not-looked-for", "The source lists the structure but does not mark it: it may or may not be present.",
           "nothing to do", False),
    Reason("structure-undrawn", "The source marks the structure, but the marks cover no voxel of the image.",
           "compare the marks with the grid of the image", True),
    # pictures
    Reason("region-small", "The region's share of the picture is below the benchmark's limit.",
           "lower `slices.min_share` if small regions are wanted", False),
    Reason("region-cut", "The region reaches the edge of its picture.",
           "set `slices.border: keep` if cut regions are wanted", False),
    Reason("picture-narrow", "The picture's short side is too short compared with its long side.",
           "lower `slices.min_side_ratio` if narrow pictures are wanted", False),
    Reason("picture-blank", "The picture is blank.", "nothing to do", False),
    Reason("tile-ambiguous", "An object is cut off by the edge of this tile, so the count is unclear.",
           "nothing to do", False),
    # labels against the lexicon
    Reason("unmapped-label", "The lexicon does not contain this label.",
           "run `benchsmith draft mapping SOURCE` and sign the row", True),
    Reason("dropped-label", "A signed row of the mapping drops this label.",
           "edit the row if the label is wanted", False),
    Reason("unknown-modality", "The table names a modality that the lexicon does not contain.",
           "correct the table, or add the modality to lexicon/tree/modality.tsv", True),
    Reason("no-placement", "The label has no task and department in this modality.",
           "add a row to lexicon/placements.tsv", True),
    Reason("no-name-in-language", "The label or its modality has no name in the benchmark's language.",
           "add it to lexicon/tree/label.LANGUAGE.tsv or modality.LANGUAGE.tsv", False),
    # selection
    Reason("source-faulty", "The whole source is left out: it has too many faults.",
           "fix the faults that `benchsmith explain SOURCE` lists, or raise its limit in `tolerate.sources`",
           False),
    Reason("picture-dark", "Nearly all of the picture is black.",
           "raise `quality.max_dark` if such pictures are wanted", False),
    Reason("picture-bright", "Nearly all of the picture is saturated.",
           "raise `quality.max_bright` if such pictures are wanted", False),
    Reason("picture-two-valued", "The picture has only two grey levels, like a mask or a drawing.",
           "remove it from the recipe, or lower `quality.min_middle`", False),
    Reason("region-tiny", "The region is too small in the rendered picture.",
           "lower `quality.min_region_side` or `quality.min_region_px`", False),
    Reason("region-clipped", "Too much of the region's outline lies on the edge of the picture.",
           "raise `quality.max_cut` if such regions are wanted", False),
    Reason("region-scattered", "The region consists of too many pieces.",
           "lower `quality.min_whole` if such regions are wanted", False),
    Reason("region-faint", "The region does not differ from its surroundings.",
           "lower `quality.min_contrast`", False),
    Reason("official-train", "The source's own split uses this patient for training.",
           "set `split.official: ignore` if such pictures are wanted", False),
    Reason("contaminated", "The picture is a copy of one that models may have been trained on.",
           "remove the folder from `contamination` if the picture is wanted", False),
    Reason("blind-solved", "A model answered a question about this target without the picture.",
           "check the options; the limit is `drop_blind_solved`", False),
    Reason("near-duplicate", "The picture is a copy of another candidate.",
           "nothing to do", False),
    Reason("not-shortlisted", "The answer has more candidates than the shortlist holds.",
           "raise `quota.shortlist`", False),
    Reason("over-patient-share", "The patient's quota for this answer is full.",
           "raise `quota.per_patient`", False),
    Reason("over-source-share", "The source's quota for this answer is full.",
           "raise `quota.source_share`", False),
    Reason("slice-near", "A nearby slice is already selected for this answer.",
           "lower `quota.apart_mm` and `quota.apart_share`", False),
    Reason("over-balance", "The label would be the right answer too often in its pool.",
           "set `quota.balance: none`, or add sources with other labels", False),
    Reason("over-quota", "The quota of this answer is full.",
           "raise `quota.per_answer` if more are wanted", False),
    Reason("over-volume-share", "The volume's quota for this answer is full.",
           "raise `quota.per_volume`", False),
    Reason("outside-subset", "The benchmark's `subset` does not include this target.",
           "change `subset`", False),
    Reason("review-dropped", "Reviewers dropped the question.",
           "remove the row from reviews/ if the target is wanted", False),
    # questions
    Reason("no-stem", "The task has no stems for this granularity.",
           "write stems in question_pools/tasks/", False),
    Reason("pool-too-small", "Too few labels are admissible as wrong options.",
           "add sources or labels of the same modality and task", False),
    Reason("no-mirror", "The key would be right too often among the options, and the question fits in no mirrored set.",
           "set `options.unmirrored: keep`, or add pictures of other labels", False),
    Reason("view-not-asked", "The benchmark does not ask at this target's granularity.",
           "add it to `views`", False),
    Reason("absence-unknown", "No label is known to be absent: the source did not look for everything, or something in this picture is not understood.",
           "set `exhaustive: true` in the recipe if it did; fix the faults of this image and map its unmapped words", False),
    Reason("region-in-crowd", "Other structures cover most of the marked box.",
           "raise `truth.in_box`, or do not ask the box view", False),
    # rows of adopted benchmarks
    Reason("open-answer", "The question is open: it has no options, or its answer is not one of the fixed ones.",
           "nothing to do: only closed questions are adopted", False),
    Reason("several-pictures", "The question is about several pictures.",
           "nothing to do: a case has one picture", False),
    Reason("volume", "The question is about a volume or a video.",
           "name single pictures in `picture.path` if the benchmark has them", False),
    Reason("row-unwanted", "The recipe does not want this row.",
           "change `only` in the recipe if it is wanted", False),
    Reason("no-question", "The row has no question.", "fill in the column", True),
    Reason("no-key", "The row states no answer.",
           "fill in the column, or remove `answer` from the recipe if the answers are hidden", True),
    Reason("key-not-offered", "The answer is not one of the options.",
           "correct the row, or `answer.form` in the recipe", True),
    Reason("options-repeated", "Two options are the same.", "correct the row", True),
    Reason("option-number", "The question has fewer than 2 or more than 26 options.",
           "correct the row, or `options` in the recipe", True),
    Reason("id-repeated", "Another row has the same id.",
           "correct the ids, or remove `id` from the recipe", True),
    Reason("row-unsound", "A cell of the row cannot be used.",
           "correct the cell, or the column in the recipe; the detail has the reason", True),
)  # fmt: skip


def sentence(code: str, detail: str) -> str:
    """Return a rejection as one line: sentence, detail and hint."""
    reason = REASONS[code]
    return f"{reason.sentence} {detail}".strip() + (f" [{reason.hint}]" if reason.hint else "")
