"""Encoders: CLIP and models of pictures as their libraries ask them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchsmith.evaluate import features, release_reader
from tests import tiny
from tests.asking import command
from tests.local_models import changed, process
from tests.paths import PYTHONPATH
from tests.shade_features import release

__all__ = ["release"]


with_torch = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)


with_open_clip = pytest.mark.skipif(
    find_spec("open_clip") is None, reason="open_clip is not installed"
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.clip(tmp_path_factory.mktemp("clip") / "tiny-clip")


def looked_at(release: Path) -> tuple[list[str], list[PIL.Image.Image]]:
    read = release_reader.read(release)
    found = [(item.id, PIL.Image.open(BytesIO(p))) for item, p in read.pictures(read.items)]
    return [id_ for id_, _ in found], [picture for _, picture in found]


@with_torch
def test_a_clip_is_asked_as_transformers_asks_it(clip: Path, release: Path, tmp_path: Path) -> None:
    """Cosines are the model's own logits, for pictures and for texts of different lengths."""
    import torch
    from transformers import AutoImageProcessor, AutoTokenizer, CLIPModel

    where = ("--output", str(tmp_path))
    said = command("features", str(release), "--model", f"local:{clip}", *where,
                   "--template", "a <option> picture", "--batch", "7")  # fmt: skip
    assert "40 pictures and 4 options, 44 of them encoded now" in said
    assert "evaluate" in said and "--model zero-shot:tiny-clip" in said
    path = tmp_path / "colours/features/tiny-clip.parquet"
    assert str(clip) not in path.read_bytes().decode("latin-1")
    known = features.read(path)
    ids, pictures = looked_at(release)
    names = list(tiny.COLOURS)
    model = CLIPModel.from_pretrained(clip).eval()
    with torch.inference_mode():
        out = model(
            **AutoImageProcessor.from_pretrained(clip)(images=pictures, return_tensors="pt"),
            **AutoTokenizer.from_pretrained(clip)(
                [f"a {name} picture" for name in names], return_tensors="pt", padding=True
            ),
        )
    own = out.logits_per_image.numpy() / model.logit_scale.exp().item()
    rows = np.stack([known.pictures[id_] for id_ in ids])
    texts = np.stack([known.texts[name] for name in names])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    assert np.allclose(rows @ texts.T, own, atol=1e-5)
    assert np.ptp(own, axis=0).min() > 1e-4, "pictures differ"
    for kind in ("probe", "zero-shot"):
        told = command("evaluate", str(release), *where, "--model", f"{kind}:tiny-clip")
        assert "40 answers" in told
    best = [names[i] for i in own.argmax(axis=1)]
    board = {a.case: a.text for a in answers_of(tmp_path, "zero-shot")}
    assert [board[id_] for id_ in ids] == ["ABCD"[names.index(name)] for name in best]


def answers_of(output: Path, kind: str) -> list[Any]:
    from benchsmith.evaluate import answer_log as store

    paths = store.files(output / "colours/answers")
    (kept,) = [k for p in paths if (k := store.read(p)).run.model.startswith(kind)]
    return list(kept.answers.values())


@with_torch
def test_a_text_that_is_cut_is_counted(clip: Path, release: Path, tmp_path: Path) -> None:
    where = (str(release), "--output", str(tmp_path), "--model", f"local:{clip}")
    assert "longer than" not in command("features", *where)
    said = command(
        "features", *where, "--template", "a picture of a picture of a picture of a <option>" * 2
    )
    assert "4 texts are longer than the encoder's limit" in said


@with_torch
@pytest.mark.parametrize("pooler", [True, False])
def test_a_model_of_pictures_alone_has_what_it_was_trained_to_say(
    release: Path, tmp_path: Path, pooler: bool
) -> None:
    """A pooler that was never saved would be filled in by chance: then it is the mean that counts."""
    import torch
    from transformers import AutoImageProcessor, ViTModel

    folder = tiny.vit(tmp_path / "vit", pooler=pooler)
    where = (str(release), "--output", str(tmp_path))
    said = command("features", *where, "--model", f"local:{folder}", "--as", "mine")
    assert "probe:mine" in said and "zero-shot" not in said
    known = features.read(tmp_path / "colours/features/mine.parquet")
    ids, pictures = looked_at(release)
    pixels = AutoImageProcessor.from_pretrained(folder)(images=pictures, return_tensors="pt")
    with torch.inference_mode():
        out = ViTModel.from_pretrained(folder, add_pooling_layer=pooler).eval()(**pixels)
    own = out.pooler_output if pooler else out.last_hidden_state.mean(dim=1)
    assert np.allclose(np.stack([known.pictures[i] for i in ids]), own.numpy(), atol=1e-5)
    assert not known.texts
    lost = command("evaluate", *where, "--model", "zero-shot:mine", code=2)
    assert "options have no features" in lost


@with_torch
def test_what_has_no_features_of_a_picture_is_reported(
    clip: Path, release: Path, tmp_path: Path
) -> None:
    where = (str(release), "--output", str(tmp_path))
    words = tiny.bert(tmp_path / "bert")
    said = command("features", *where, "--model", f"local:{words}", code=2)
    assert "bert does not say how pictures are given to it" in said
    shutil.copy(clip / "preprocessor_config.json", words)
    said = command("features", *where, "--model", f"local:{words}", code=2)
    assert "of the kind bert, which has no features of a picture" in said
    wide = shutil.copytree(clip, tmp_path / "wide")
    changed("config.json", projection_dim=25)(wide)
    said = command("features", *where, "--model", f"local:{wide}", code=2)
    assert "wide cannot be loaded" in said and "Traceback" not in said


@with_torch
def test_killed_and_gone_on_with_the_file_is_the_same(clip: Path, tmp_path: Path) -> None:
    large = tiny.release(tmp_path / "large", 300)
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    words = ("features", str(large), "--model", f"local:{clip}", "--batch", "2", "--output")
    assert process((*words, str(calm))).returncode == 0
    env = {**os.environ, "PYTHONPATH": PYTHONPATH, "OMP_NUM_THREADS": "1"}
    child = subprocess.Popen(
        [sys.executable, "-m", "benchsmith", *words, str(rough)], env=env, stdout=subprocess.DEVNULL
    )
    while child.poll() is None and not any(
        p.read_bytes().count(b"\n") > 20 for p in rough.rglob("tiny-clip-*.jsonl")
    ):
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    done = process((*words, str(rough)))
    looked = re.search(r"316 pictures and 4 options, (\d+) of them encoded now", done.stdout)
    assert looked and int(looked[1]) <= 280
    path = "colours/features/tiny-clip.parquet"
    assert (rough / path).read_bytes() == (calm / path).read_bytes()


SMALL = {
    "embed_dim": 24,
    "vision_cfg": {"image_size": tiny.SIDE, "layers": 2, "width": 64, "patch_size": 14},
    "text_cfg": {"context_length": 20, "vocab_size": 49408, "width": 64, "heads": 4, "layers": 2},
}  # fmt: skip


@with_open_clip
def test_an_open_clip_is_asked_as_open_clip_asks_it(release: Path, tmp_path: Path) -> None:
    import json

    import open_clip
    import torch

    folder = tmp_path / "small-clip"
    folder.mkdir()
    torch.manual_seed(0)
    own = {"model_cfg": SMALL, "preprocess_cfg": {}}
    (folder / "open_clip_config.json").write_text(json.dumps(own))
    model, _, seen = open_clip.create_model_and_transforms(
        f"local-dir:{folder}", load_weights=False
    )
    torch.save(model.state_dict(), folder / "open_clip_pytorch_model.bin")
    where = (str(release), "--output", str(tmp_path))
    said = command("features", *where, "--model", f"open-clip:local-dir:{folder}")
    assert "--model zero-shot:small-clip" in said
    path = tmp_path / "colours/features/small-clip.parquet"
    assert str(tmp_path) not in path.read_bytes().decode("latin-1")
    known = features.read(path)
    ids, pictures = looked_at(release)
    words = open_clip.get_tokenizer(f"local-dir:{folder}")
    model.eval()
    with torch.inference_mode():
        rows = model.encode_image(torch.stack([seen(p) for p in pictures])).numpy()
        texts = model.encode_text(words(list(tiny.COLOURS))).numpy()
    assert np.allclose(np.stack([known.pictures[i] for i in ids]), rows, atol=1e-5)
    assert np.allclose(np.stack([known.texts[t] for t in tiny.COLOURS]), texts, atol=1e-5)
    assert "0 of them encoded now" in command(
        "features", *where, "--model", f"open-clip:local-dir:{folder}"
    )
    long = command("features", *where, "--model", f"open-clip:local-dir:{folder}",
                   "--template", "<option>" + " of a picture" * 9)  # fmt: skip
    assert "4 texts are longer" in long


@with_open_clip
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ViT-B-23/openai", "no architecture 'ViT-B-23'; did you mean ViT-B-32"),
        ("ViT-B-32", "ViT-B-32 has no weights ''; there are openai"),
        ("ViT-B-32/opena", "did you mean openai"),
        ("local-dir:/nowhere", "cannot be loaded"),
    ],
)
def test_what_open_clip_has_not_is_reported(
    release: Path, tmp_path: Path, name: str, says: str
) -> None:
    where = (str(release), "--output", str(tmp_path))
    said = command("features", *where, "--model", f"open-clip:{name}", code=2)
    assert says in said and "Traceback" not in said
