"""The kinds of fault that real files and attacks have shown, and the tests that try them.

`python -m tests.fault_kinds` runs these tests and writes the table in docs/reliability.md: a case of
a test counts as right where a value is compared, and as refused where a refusal in words is.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

TESTS = Path(__file__).resolve().parent
PAGE = TESTS.parent / "docs/reliability.md"
BEGIN, END = "<!-- kinds of fault: begin -->\n", "<!-- kinds of fault: end -->\n"
HEAD = "| kind | tried | right | refused | silently wrong |\n| --- | --- | --- | --- | --- |"


@dataclass(frozen=True)
class Kind:
    """One kind, and tests as ``module: name name``, without their first word."""

    name: str
    right: str = ""
    refused: str = ""


KINDS = (
    Kind("what is not understood is unknown, and no wrong option",
         "unread_marks: a_mask_that_is_lost_is_no_wrong_option a_contour_that_is_not_read_is_no_wrong_option; "
         "states: an_entry_that_cannot_be_read_makes_its_labels_unknown what_was_looked_for_is_named_by_labels "
         "labels_of_another_samples_entry_were_not_looked_for a_label_of_a_whole_picture_may_be_unknown "
         "every_wrong_option_was_looked_for_and_is_absent"),
    Kind("RTSTRUCT: types, overlaps, keyholes, slices between contours, planes",
         "contours: contours_of_one_plane a_keyhole_is_a_hole a_slanted_contour_agrees_with_pillow "
         "slices_between_contours contours_lie_in_the_planes_of_the_series contours_of_a_series_of_one_slice "
         "one_bad_contour_does_not_lose_the_organ an_organ_without_contours_is_not_said_to_be_absent",
         "contours: a_type_that_is_no_region_is_a_fault_and_makes_the_label_unknown"),
    Kind("labels of another patient, series or frame of reference",
         "dicom_labels: an_enhanced_copy_of_the_series_is_the_same_image",
         "contours: labels_of_another_patient_or_series_are_refused "
         "a_structure_of_another_frame_of_reference_is_refused_alone; "
         "dicom_labels: a_segmentation_of_another_image_is_refused"),
    Kind("keys of tables: dots, endings, two cells of one key",
         "table_keys: names_with_dots_stay_apart cells one_cell_may_have_several_rows endings_match_in_any_case",
         "table_keys: two_cells_of_one_key_are_a_fault"),
    Kind("DICOM pixels: colour spaces, rescale, bits, padding, palettes, MONOCHROME1",
         "dicom_pixels: pydicoms_own_files_agree_with_gdcm colours_of_more_than_eight_bits_keep_their_highest "
         "raw_ybr_is_turned_to_rgb_once jpeg_2000_whose_sign_the_header_states_otherwise "
         "enhanced_ct_is_in_hounsfield_units padding_is_the_darkest padding_in_the_other_sign_is_padding "
         "palettes_of_sixteen_bits overlays_in_unused_bits_are_no_pixels; format_values: "
         "monochrome1_inverts_what_has_no_unit half_of_a_rescale_is_applied "
         "a_series_in_monochrome1_keeps_its_hounsfield_units",
         "dicom_pixels: an_interpretation_that_is_not_known_is_refused one_frame_of_many_has_no_slope; "
         "format_values: a_position_that_is_not_understood_is_not_a_missing_one"),
    Kind("DICOM segmentations: thickness, label maps, single slices",
         "dicom_labels: every_type_of_segmentation a_faint_segment_is_unknown_and_an_empty_one_absent "
         "frames_are_placed_by_their_positions empty_frames_between_others_are_no_thick_slices "
         "one_frame_marks_one_slice a_series_of_one_slice a_single_slice_that_is_turned_has_its_marks_with_it"),
    Kind("radiographs that are stored turned",
         "picture_turns: a_radiograph_is_hung_by_its_patient_orientation a_radiograph_without_a_side_says_so "
         "turns_are_undone_and_boxes_go_with_them"),
    Kind("NIfTI: two transforms, none, units, qfac, gzip members",
         "nifti_frames: the_recipe_chooses_between_transforms an_sform_without_voxel_sides_gives_way "
         "without_codes_nibabels_frame_is_taken_and_named without_codes_itks_frame_can_be_chosen "
         "labels_of_itk_beside_an_image_without_codes units_of_length "
         "labels_in_another_unit_lie_on_their_image; format_values: "
         "a_gzip_stream_may_have_a_member_that_ends_in_the_header any_other_qfac_of_nifti_counts_as_one"),
    Kind("NRRD and MetaImage: misspelt fields, vectors, truth values",
         "format_values: metaimage_says_true_in_several_ways a_picture_in_nrrd_is_one_millimetre_thick",
         "format_values: a_field_that_nrrd_does_not_have_is_refused "
         "vectors_of_nrrd_that_do_not_fit_are_refused "
         "a_truth_value_that_metaimage_does_not_have_is_refused"),
    Kind("masks: outlines, alpha, smoothed edges, JPEG, largest values",
         "mask_pictures: a_mask_in_alpha an_alpha_channel_of_one_value_means_nothing "
         "what_is_no_outline a_jpeg_mask_in_colours_has_a_tolerance smoothed_edges_go_to_the_nearest_colour "
         "white_is_zero_at_every_depth a_transparent_grey_is_background; picture_values: "
         "labels_in_pnm_are_not_scaled_to_its_largest_value",
         "mask_pictures: black_beside_a_colour_on_a_transparent_ground_is_refused "
         "a_drawn_ellipse_is_an_outline an_outline_with_a_gap_and_one_cut_off_by_the_picture"),
    Kind("pictures: missing rows, transparent colours, turned TIFF",
         "picture_values: an_interlaced_png_has_a_row_for_each_pass a_transparent_level_or_colour_is_black "
         "a_turned_tiff_is_whole a_tiff_has_all_of_its_strips_and_tiles",
         "picture_values: a_png_without_all_of_its_rows_is_refused a_png_whose_end_is_damaged_is_refused"),
    Kind("rows of YOLO, boxes in shares and in pixels",
         "yolo_rows: a_confidence an_oriented_box_is_its_corners "
         "a_polygon_that_can_be_nothing_else_needs_no_form a_box_that_a_smaller_one_lies_in_keeps_its_pixels",
         "yolo_rows: a_pose_is_its_box_where_it_is_declared_and_refused_where_not "
         "numbers_that_are_no_shares_are_refused coco_boxes_and_polygons_in_shares_are_refused "
         "boxes_of_a_table_in_the_other_unit_are_refused a_pose_at_the_picture_edge_is_no_polygon"),
    Kind("marks beside a turned picture",
         "frames: marks_of_the_stored_and_of_the_shown_frame a_picture_that_is_not_turned_needs_no_frame "
         "counted_tiles_go_with_the_picture boxes_of_a_table every_format_is_turned_once",
         "frames: without_a_frame_they_are_a_fault"),
    Kind("files that leave no trace: endings, names, links, pipes, one key twice",
         "traces_of_labels: a_label_file_s_ending_in_any_case_is_read; traces: an_ending_in_any_case_is_read "
         "names_are_one_in_both_normal_forms a_path_with_backslashes_in_a_table_finds_its_picture",
         "traces: a_folder_in_another_case_is_rejected_with_a_remedy "
         "names_that_are_not_utf8_are_rejected_by_their_bytes nothing_that_is_no_file_blocks_or_vanishes "
         "pictures_that_share_a_key_are_all_rejected; "
         "traces_of_labels: label_files_without_a_picture_and_masks_that_are_missing"),
    Kind("code in packages",
         "packages: a_source_distribution_s_regular_files_are_there no_code_of_a_source_distribution_runs",
         "packages: what_is_no_plain_name_is_refused another_digest_is_refused a_path_out_of_the_folder_is_refused"),
    Kind("hostile model servers",
         refused="hostile_endpoint: every_mode_ends_in_time_and_within_memory "
         "a_stream_may_be_long_but_not_one_event_of_it the_clock_ends_a_response_that_drips"),
    Kind("text files with many marks, slow files",
         "marks: values_are_those_of_whole_layers boxes_on_boxes_need_no_plane_each; "
         "time_limit: a_slow_unit_is_lost_and_the_others_are_done",
         "marks: too_many_are_refused_by_number overlapping_masks_of_a_volume_are_refused_by_their_bytes"),
    Kind("URLs of recipes",
         "url_policy: public_urls_are_not_local",
         "url_policy: other_schemes_are_no_url_of_a_recipe local_urls_are_recognised "
         "check_and_fetch_refuse_a_local_url_by_line_and_ask_it_nothing "
         "a_redirect_to_a_private_address_is_not_followed"),
    Kind("the review desk's clients",
         "review_server: slow_clients_end_in_time_and_others_are_served_meanwhile "
         "a_sound_body_is_read_as_it_was_meant",
         "review_server: what_cannot_be_an_action_is_a_bad_request only_the_desk_s_own_names_are_answered"),
    Kind("formulas in tables",
         "spreadsheets: a_text_is_read_back_and_is_never_a_formula "
         "a_document_is_read_back_as_it_was_written a_sheet_that_a_spreadsheet_saved_is_read_back"),
    Kind("hostile documents",
         "hostile_documents: ordinary_documents_are_far_from_the_bounds",
         "hostile_documents: a_document_of_too_many_parts_is_not_parsed a_value_that_grows_or_overflows "
         "a_table_that_is_too_large_is_not_opened patterns_are_bounded"),
    Kind("limits of faults, a source at a time",
         "tolerance: a_source_has_a_limit_of_its_own a_faulty_source_is_left_out_as_a_whole_and_counted "
         "rows_without_pictures_are_counted_apart"),
    Kind("messages and hints that are true",
         "true_messages: resampling_is_advised_only_where_it_is_a_key "
         "a_polygon_on_one_line_is_not_called_outside a_dicomdir_is_named_as_what_it_is "
         "no_message_names_a_type_of_python; hints: a_reason_s_hint_names_what_exists"),
    Kind("a faint cast is not a mark of another colour",
         "mark_looks: a_faint_cast_of_one_picture_is_no_other_mark"),
    Kind("slices and pages that are missing, or of several images",
         "stacks: numbers_of_slices_may_rise_by_any_step_and_begin_anywhere; dicom_volumes: "
         "slices_that_each_name_a_series_of_their_own_are_one what_may_differ_from_slice_to_slice",
         "slice_numbers: masks_with_another_gap_than_their_pictures_are_refused; "
         "stacks: a_missing_slice_of_a_stack_of_pictures_is_reported "
         "an_imagej_stack_that_hides_its_pictures_is_refused; dicom_volumes: "
         "slices_that_are_no_volume_together frames_that_are_no_volume_together"),
    Kind("masks of microscopy with pixels of another size or place",
         "microscopy_places: labels_lie_where_their_store_says",
         "microscopy_places: a_volume_of_labels_that_is_moved_is_refused sizes_without_a_unit_are_compared_too "
         "a_transformation_that_is_not_understood_is_refused a_mask_of_other_pixels_than_its_ome_tiff_is_refused "
         "levels_that_do_not_begin_with_the_finest_are_refused"),
    Kind("small files that become large: shards, chunks, frames without a size",
         "chunk_sizes: shards_are_read_as_they_were_written sizes_of_codecs compressed_chunks_of_hdf5_are_read",
         "chunk_sizes: a_shard_with_a_chunk_that_cannot_be_is_refused an_array_of_too_many_chunks_is_refused "
         "chunks_far_larger_than_their_array_are_refused what_is_compressed_twice_is_refused "
         "a_chunk_of_hdf5_that_inflates_to_more_is_refused "
         "pictures_of_too_many_pixels_are_refused_before_they_are_read "
         "pictures_of_volume_formats_have_the_same_limit"),
    Kind("slides that are not whole, TIFF that leaves open what is black",
         "open_statements: a_slide_is_read_at_its_finest_level a_micrometre_in_ome_xml_is_a_unit "
         "mgh_without_good_directions_is_shown_as_it_is_stored",
         "open_statements: a_slide_whose_finest_level_is_cut_is_refused a_slide_with_lost_bytes_is_refused "
         "a_slide_that_states_more_tiles_than_it_has_is_refused "
         "a_tiff_that_does_not_state_which_value_is_black_is_refused "
         "a_tiff_whose_description_lies_beyond_its_end_is_refused"),
    Kind("sizes of voxels that are not stated, or in another unit than stated",
         "voxel_sizes: metaimage_without_a_spacing_has_none mgh_without_its_flag_has_no_size "
         "nrrd_without_sizes_has_none dots_per_inch_are_no_size "
         "what_has_no_size_is_not_measured_in_millimetres the_unit_of_a_recipe_holds_for_image_and_labels",
         "voxel_sizes: labels_without_a_size_lie_where_their_header_says "
         "voxels_of_no_body_are_refused_unless_the_recipe_states_the_unit"),
    Kind("labels that count from another number than pictures",
         "shifted_numbers: what_lacks_or_has_a_label_at_one_end_is_not_shifted numbers_of_patients_are_no_count",
         "shifted_numbers: masks_of_pages masks_of_some_pages_may_count_from_either pages_that_are_not_read_count "
         "pictures_and_masks_of_two_tools rows_that_count_from_one keys_of_a_table_that_counts_from_one"),
    Kind("copies of pictures with other labels",
         "contradicting_copies: copies_with_one_label_are_asked a_label_that_a_copy_does_not_know_is_not_disputed "
         "pixels_have_one_digest_in_every_file a_label_above_does_not_stand_for_one_that_is_listed_beside_it; "
         "contradicting_looks: of_copies_with_one_label_one_is_chosen "
         "copies_with_labels_that_do_not_contradict_are_in_one_split the_tree_decides_what_contradicts "
         "what_a_copy_does_not_know_is_no_contradiction two_lists_of_one_source_do_not_contradict "
         "neighbouring_slices_of_one_person_are_no_copies look_alikes_are_opened_and_kept",
         "contradicting_copies: copies_with_other_labels_are_not_asked "
         "only_what_copies_differ_in_is_disputed two_entries_over_one_file a_row_of_zeros_denies_what_it_lists "
         "a_row_of_zeros_denies_what_is_below_its_labels a_label_and_one_below_it_do_not_contradict; "
         "contradicting_looks: copies_with_other_labels_are_not_asked a_source_denies_only_what_its_list_has "
         "a_picture_of_which_nothing_is_true_denies all_copies_of_a_picture_are_left_out_if_one_contradicts "
         "only_what_copies_differ_in_is_left_out; "
         "copies_in_two_sources: a_build_opens_copies_in_two_sources"),
    Kind("words that look like signs, numbers, truth values or nothing",
         "odd_words: cells_are_read_as_they_are_stated truth_values_are_written_as_their_program_writes_them "
         "words_of_a_recipe_that_older_yaml_takes_for_truth_values other_marks_around_a_word_do_not "
         "odd_words_are_read_back_from_a_table_of_the_project",
         "odd_words: a_minus_before_or_behind_a_word_may_deny_it words_of_a_recipe_that_are_no_text_need_quotes"),
    Kind("what one of several readers does not know, or is not asked for",
         "unwanted_readers: a_file_that_another_entry_reads_has_none",
         "readers_tables: a_label_that_one_reader_is_uncertain_of_is_unknown "
         "a_word_that_is_not_understood_of_one_reader_leaves_the_list_unknown; "
         "readers_merged: a_value_without_a_name_of_one_reader_may_be_any_label; "
         "unwanted_readers: a_file_of_another_reader_has_a_row rows_of_another_reader_are_counted"),
)  # fmt: skip


def nodes(words: str) -> list[str]:
    """Return the tests of a kind as pytest names them, without the folder."""
    found = []
    for part in filter(None, words.split(";")):
        module, _, names = part.partition(":")
        found += [f"test_{module.strip()}.py::test_{name}" for name in names.split()]
    return found


def cases(collected: Iterable[str] = ()) -> Counter[str]:
    """Return how many cases each of these tests has, as pytest collects them.

    `collected` are cases as a run of pytest names them, if it has all of some modules. Another pytest
    collects the tests of the other modules.
    """
    found = Counter(_test_of(case) for case in collected)
    there = {test.partition("::")[0] for test in found}
    named = sorted({n for kind in KINDS for n in nodes(f"{kind.right};{kind.refused}")})
    wanted = [node for node in named if node.partition("::")[0] not in there]
    if not wanted:
        return found
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    listed = subprocess.run(
        [*command, *(str(TESTS / node) for node in wanted)],
        check=False,
        capture_output=True,
        text=True,
        cwd=TESTS.parent,
    ).stdout
    return found + Counter(_test_of(line) for line in listed.splitlines() if "::" in line)


def _test_of(case: str) -> str:
    return case.partition("[")[0].rpartition("/")[2]


def missing() -> list[str]:
    """Return the tests that are named here and do not exist."""
    known = set()
    for path in TESTS.glob("test_*.py"):
        for item in ast.parse(path.read_text("utf-8")).body:
            if isinstance(item, ast.FunctionDef):
                known.add(f"{path.name}::{item.name}")
    return [
        node
        for kind in KINDS
        for node in nodes(f"{kind.right};{kind.refused}")
        if node not in known
    ]


def row(kind: Kind, passed: Mapping[str, int], failed: Mapping[str, int]) -> str:
    """Return a line of the table from the cases of each test."""
    right, refused = (
        sum(passed.get(node, 0) for node in nodes(w)) for w in (kind.right, kind.refused)
    )
    wrong = sum(failed.get(node, 0) for node in nodes(f"{kind.right};{kind.refused}"))
    return f"| {kind.name} | {right + refused + wrong} | {right} | {refused} | {wrong} |"


def published() -> str:
    """Return the table on the page."""
    page = PAGE.read_text("utf-8")
    found = re.search(re.escape(BEGIN) + "(.*?)" + re.escape(END), page, re.DOTALL)
    assert found
    return found[1]


def main() -> int:
    """Run the tests, write the table, and return the exit code."""
    wanted = sorted({n for kind in KINDS for n in nodes(f"{kind.right};{kind.refused}")})
    report = TESTS / ".kinds.xml"
    words = f"-q -p no:cacheprovider --junitxml={report}".split()
    command = [sys.executable, "-m", "pytest", *words]
    code = subprocess.run([*command, *(str(TESTS / n) for n in wanted)], check=False).returncode
    passed: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  our own file
        module = case.get("classname", "").rpartition(".")[2]
        node = f"{module}.py::{case.get('name', '').partition('[')[0]}"
        bad = case.find("failure") is not None or case.find("error") is not None
        if case.find("skipped") is None:
            (failed if bad else passed)[node] += 1
    report.unlink()
    table = "\n".join([HEAD, *(row(kind, passed, failed) for kind in KINDS)])
    page = PAGE.read_text("utf-8")
    old = f"{BEGIN}{published()}{END}"
    PAGE.write_text(page.replace(old, f"{BEGIN}{table}\n{END}"), "utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
