"""Features are what the encoder gives, each looked at once, and the file is the same however it came about."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pyarrow.parquet as pq
import pytest

from benchsmith.core.silent_progress import Silent
from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import encode, features, release_reader
from benchsmith.models.contract import EndpointLost, LocalModelError
from benchsmith.models.local.encoder import Rows
from tests import tiny
from tests.asking import command, scores
from tests.local_models import changed, process
from tests.paths import PYTHONPATH

with_torch = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)
with_open_clip = pytest.mark.skipif(
    find_spec("open_clip") is None, reason="open_clip is not installed"
)


class Shades:
    """An encoder of its own kind: the mean colour of a picture, and of the words for colours.

    It stops after so many batches, as a process that is killed does.
    """

    reads_texts = True

    def __init__(self, *, stops_after: int = 10**6, revision: str = "1") -> None:
        self.identity = {"encoder": "shades", "revision": revision}
        self.looked: list[list[bytes]] = []
        self.read: list[list[str]] = []
        self.stops_after = stops_after

    def pictures(self, pictures: Sequence[bytes]) -> Rows:
        """Return mean colours around grey, and the place in the batch, which must not be lost."""
        if len(self.looked) == self.stops_after:
            raise EndpointLost("gone")
        self.looked.append(list(pictures))
        rows = [
            [*np.asarray(PIL.Image.open(BytesIO(p))).mean((0, 1)) / 128 - 1, place / 1000]
            for place, p in enumerate(pictures)
        ]
        return np.array(rows, np.float32)

    def texts(self, texts: Sequence[str]) -> Rows:
        """Return colours by name."""
        self.read.append(list(texts))
        word = [next(name for name in tiny.COLOURS if name in text) for text in texts]
        rows = [
            [*(np.array(tiny.COLOURS[w]) / 128 - 1), len(t)]
            for w, t in zip(word, texts, strict=True)
        ]
        return np.array(rows, np.float32)

    def too_long(self, texts: Sequence[str]) -> list[str]:
        """Return long ones."""
        return [text for text in texts if len(text) > 12]


def made(
    release: Path, path: Path, encoder: Any, *templates: str, batch: int = 3
) -> encode.Encoded:
    return encode.encode(release, path, encoder, templates=templates, batch=batch, say=Silent())  # type: ignore[arg-type]


def rewritten(release: Path, folder: Path, change: Any) -> Path:
    """Copy a release, its rows of test changed."""
    copy = shutil.copytree(release, folder / "other")
    table = pq.read_table(copy / "data/test.parquet")
    rows = table.to_pylist()
    change(rows)
    pq.write_table(table.from_pylist(rows, schema=table.schema), copy / "data/test.parquet")
    return copy


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.release(tmp_path_factory.mktemp("colours") / "release")


def test_each_picture_and_option_has_its_row(release: Path, tmp_path: Path) -> None:
    path, encoder = tmp_path / "f/x.parquet", Shades()
    found = made(release, path, encoder)
    assert (found.pictures, found.texts, found.fresh, found.cut) == (40, 4, 44, 0)
    items = release_reader.read(release)
    shown = {item.id: picture for item, picture in items.pictures(items.items)}
    known = features.read(path)
    assert known.pictures.keys() == shown.keys() and known.texts.keys() == set(tiny.COLOURS)
    for id_, picture in shown.items():
        mean = np.asarray(PIL.Image.open(BytesIO(picture))).mean((0, 1)) / 128 - 1
        assert np.allclose(known.pictures[id_][:3], mean, atol=1e-6)
    assert [len(some) for some in encoder.looked] == [3] * 13 + [1]
    assert sorted(p.name for p in path.parent.iterdir()) == ["x.parquet"]


@pytest.mark.parametrize("stops", [0, 1, 2, 7])
def test_what_was_broken_off_goes_on_and_looks_at_nothing_twice(
    release: Path, tmp_path: Path, stops: int
) -> None:
    """The rest is put together in batches as it would have been, so that the bytes are the same."""
    calm, rough = tmp_path / "calm/x.parquet", tmp_path / "rough/x.parquet"
    whole, first, second = Shades(), Shades(stops_after=stops), Shades()
    made(release, calm, whole)
    with pytest.raises(EndpointLost):
        made(release, rough, first)
    assert not rough.exists()
    (scratch,) = rough.parent.glob("*.jsonl")
    with scratch.open("ab") as file:
        file.write(b'{"digest": "torn')
    made(release, rough, second)
    assert first.looked + second.looked == whole.looked
    assert rough.read_bytes() == calm.read_bytes()
    assert list(rough.parent.iterdir()) == [rough]


def test_only_what_has_changed_is_looked_at_anew(release: Path, tmp_path: Path) -> None:
    path, again, other = tmp_path / "x.parquet", Shades(), Shades()
    made(release, path, Shades())
    before = path.read_bytes()
    assert made(release, path, again).fresh == 0 and not again.looked and not again.read
    assert path.read_bytes() == before

    def change(rows: list[dict[str, Any]]) -> None:
        rows[3]["image"]["bytes"] = tiny.picture("red", "new")
        rows[4]["id"] = "renamed"
        del rows[5]
        rows[6]["image"] = rows[7]["image"]
        rows[8]["options"] = [*rows[8]["options"][:3], "light grey"]

    found = made(rewritten(release, tmp_path, change), path, other)
    assert [len(batch) for batch in other.looked] == [1] and other.read == [["light grey"]]
    assert found.pictures == 38 and found.texts == 5
    known = features.read(path)
    assert "renamed" in known.pictures and "test0005" not in known.pictures
    assert known.pictures["test0007"].tolist() == known.pictures["test0008"].tolist()


def test_another_encoder_or_template_is_no_reason_to_believe_what_is_there(
    release: Path, tmp_path: Path
) -> None:
    path = tmp_path / "x.parquet"
    made(release, path, Shades())
    for encoder, templates in ((Shades(revision="2"), ()), (Shades(revision="2"), ("a <option>",))):
        assert made(release, path, encoder, *templates).fresh == 44
        assert sum(map(len, encoder.looked)) == 40
    path.write_bytes(b"PAR1 no more")
    assert made(release, path, Shades()).fresh == 44


def test_templates_fill_in_the_option_and_several_are_the_mean_direction(
    release: Path, tmp_path: Path
) -> None:
    encoder = Shades()
    found = made(release, tmp_path / "x.parquet", encoder, "<option>", "a very <option> thing")
    assert found.cut == 4
    assert ["blue", "green", "grey"] in encoder.read
    assert ["a very red thing"] in encoder.read
    row = features.read(tmp_path / "x.parquet").texts["red"]
    both = encoder.texts(["red", "a very red thing"]).astype(float)
    units = both / np.linalg.norm(both, axis=1, keepdims=True)
    assert np.allclose(row, units.mean(axis=0), atol=1e-6)
    with pytest.raises(DocumentError, match="has no <option>"):
        made(release, tmp_path / "y.parquet", encoder, "a thing")


def test_what_are_no_numbers_is_said_and_not_kept(release: Path, tmp_path: Path) -> None:
    encoder = Shades()
    encoder.pictures = lambda pictures: np.full((len(pictures), 4), np.inf, np.float32)  # type: ignore[method-assign]
    with pytest.raises(LocalModelError, match="--dtype float32"):
        made(release, tmp_path / "x.parquet", encoder)
    assert not (tmp_path / "x.parquet").exists()
    assert made(release, tmp_path / "x.parquet", Shades()).fresh == 44


def test_evaluate_finds_what_was_made(release: Path, tmp_path: Path) -> None:
    made(release, tmp_path / "colours/features/shades.parquet", Shades())
    where = (str(release), "--output", str(tmp_path))
    assert "40 answers" in command("evaluate", *where, "--model", "probe:shades")
    said = command("evaluate", *where, "--model", "probe:other", code=2)
    assert "run `benchsmith features`" in said
    assert re.search(r"probe:shades +100\.00", scores(release, tmp_path))

    def change(rows: list[dict[str, Any]]) -> None:
        rows[3]["image"]["bytes"] = tiny.picture("red", "new")

    where = (str(rewritten(release, tmp_path, change)), "--output", str(tmp_path))
    said = command("evaluate", *where, "--model", "probe:shades", code=2)
    assert "1 of 40 pictures have changed since, such as test0003" in said


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("siglip", "'siglip' is not the name of an encoder"),
        ("local:nowhere", "there is no model 'nowhere'"),
    ],
)
def test_what_is_no_encoder_is_said(release: Path, tmp_path: Path, model: str, says: str) -> None:
    if model.startswith("local:") and find_spec("torch") is None:
        says = "needs torch"
    where = (str(release), "--output", str(tmp_path))
    assert says in command("features", *where, "--model", model, code=2)


# encoders of transformers


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
    assert "4 texts are longer than the encoder reads" in said


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
def test_what_has_no_features_of_a_picture_is_said(
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


# encoders of open_clip

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
def test_what_open_clip_has_not_is_said(
    release: Path, tmp_path: Path, name: str, says: str
) -> None:
    where = (str(release), "--output", str(tmp_path))
    said = command("features", *where, "--model", f"open-clip:{name}", code=2)
    assert says in said and "Traceback" not in said
