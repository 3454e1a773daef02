"""Which part of its own split a source's text names: only whole known words count."""

from __future__ import annotations

import pytest

from benchsmith.selectors.official_parts import official_part

PARTS = {
    "train": "train Training trn imagesTr trainset TRAINING a._Training_Set train1 trainval",
    "val": "val VALID Validation dev Dev-Set development imagesVa val_2",
    "test": "test Testing tst labelsTs TestSet test-set eval Evaluation test2 hidden_test Test_A test/images/7.png [test]",
}
NONE = (
    "validated by expert", "tested twice", "trained reader", "trainee", "developed", "device 3", "detest", "attest",
    "valve", "value", "testis", "evaluated", "contest", "train/test", "validation and test", "1", "", "unknown",
    "not test", "no-test", "test: no", "test=0", "test=False", "!test", "excluded from test", "non-train", "not used for training",
    "stress test", "treadmill test", "skin test", "test pattern", "COVID test positive", "Training hospital", "pre-train",
    "kein Test", "не test", "test?", "all but test", "post-test", "retest",
)  # fmt: skip


@pytest.mark.parametrize(("part", "texts"), PARTS.items())
def test_words_for_a_part(part: str, texts: str) -> None:
    found = {text: official_part(text.replace("_", " ")) for text in texts.split()}
    assert found == dict.fromkeys(texts.split(), part)


@pytest.mark.parametrize("text", NONE)
def test_texts_that_name_no_part(text: str) -> None:
    assert official_part(text) == ""
