"""Models of this machine answer as transformers does alone, and as safely as an endpoint."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import answer_log as store
from benchsmith.models.contract import LocalModelError, Question, Reply
from benchsmith.models.local import checkpoint, device
from benchsmith.models.local.chat import Chat, generation_settings
from benchsmith.models.local.device import Machine
from benchsmith.replies.reader import extract
from benchsmith.tables.file_digests import Digests
from tests import tiny
from tests.paths import PYTHONPATH
from tests.test_evaluate import command, scores

CPU = Machine("cpu", "float32")
with_torch = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)


def found(folder: Path, memory: Path) -> checkpoint.Checkpoint:
    return checkpoint.find(str(folder), Digests(memory / "digests.jsonl"))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.release(tmp_path_factory.mktemp("colours") / "release")


# which model is meant


def test_a_folder_is_another_model_once_anything_in_it_is_another(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "sub/template.jinja"):
        (folder / name).write_text(name)
    first = found(folder, tmp_path)
    assert (first.name, first.commit) == ("model", None)
    (folder / "README.md").write_text("words about it")
    (folder / ".cache").mkdir()
    (folder / ".cache/lock").write_text("")
    assert found(folder, tmp_path) == first
    seen = {first.revision}
    for name in ("config.json", "model.safetensors", "sub/template.jinja"):
        (folder / name).write_text(f"{name} ")
        seen.add(found(folder, tmp_path).revision)
    (folder / "sub/template.jinja").rename(folder / "template.jinja")
    seen.add(found(folder, tmp_path).revision)
    assert len(seen) == 5
    shutil.copytree(folder, tmp_path / "copy/model")
    assert found(tmp_path / "copy/model", tmp_path / "copy").revision in seen


def test_what_is_no_model_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DocumentError, match=r"has no config\.json"):
        found(tmp_path / "empty", tmp_path)
    for name in ("nowhere", "./a/b/c", "lab/model@", "-", ""):
        with pytest.raises(DocumentError, match="there is no model"):
            checkpoint.find(name, Digests(tmp_path / "d.jsonl"))


@contextmanager
def hub(status: int, error: str) -> Iterator[str]:
    """Run a Hub that says the same of everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(status)
            self.send_header("X-Error-Code", error)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD  # noqa: N815

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def looked_up(name: str, folder: Path, **env: str) -> str:
    """Find a model in a process of its own, since the Hub's library reads the environment once."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom benchsmith.tables.file_digests import Digests\n"
        "from benchsmith.models.local.checkpoint import find\n"
        "try:\n    found = find(sys.argv[1], Digests(Path('none.jsonl')))\n"
        "    print(found.name, found.commit, found.revision)\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, name], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": PYTHONPATH, "HF_HOME": str(folder), "HF_TOKEN": "",
             "HF_HUB_DISABLE_TELEMETRY": "1", **env},
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (404, "RepoNotFound", r"DocumentError .*is not on the Hub.*hf auth login"),
        (
            403,
            "GatedRepo",
            r"DocumentError .*accept its terms at https://huggingface\.co/lab/model",
        ),
        (404, "RevisionNotFound", r"DocumentError .*has no revision 'v9'"),
        (404, "EntryNotFound", r"DocumentError .*has no config\.json"),
        (501, "", r"LocalModelError .*the Hub cannot be reached.*hf download lab/model"),
    ],
)
def test_what_the_hub_says_is_said_with_what_mends_it(
    tmp_path: Path, status: int, error: str, says: str
) -> None:
    with hub(status, error) as url:
        assert re.search(says, looked_up("lab/model@v9", tmp_path, HF_ENDPOINT=url))


def snapshot(home: Path, commit: str) -> Path:
    """Make the folders of a repository that was fetched; return where its files go."""
    folder = home / "hub/models--lab--tiny"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs/main").write_text(commit)
    (folder / "snapshots").mkdir()
    return folder / "snapshots" / commit


def test_a_repository_that_was_fetched_needs_no_network(tmp_path: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    snapshot(tmp_path, commit).mkdir()
    (snapshot_of(tmp_path) / "config.json").write_text("{}")
    offline = {"HF_HUB_OFFLINE": "1"}
    assert looked_up("lab/tiny", tmp_path, **offline) == f"lab/tiny {commit} {commit}\n"
    assert looked_up(f"lab/tiny@{commit}", tmp_path, **offline) == f"lab/tiny {commit} {commit}\n"
    said = looked_up("lab/other", tmp_path, **offline)
    assert said.startswith("LocalModelError lab/other is not on this machine")


def snapshot_of(home: Path) -> Path:
    return next((home / "hub/models--lab--tiny/snapshots").iterdir())


# what a person does wrong


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
@pytest.mark.parametrize("words", [("evaluate",), ("features",)])
def test_a_library_that_is_not_here_is_named_with_its_pip_line(
    release: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    where = (str(release), "--output", str(tmp_path))
    said = command(*words, *where, "--model", "local:lab/tiny", code=2)
    assert "local:lab/tiny needs torch" in said and "pip install 'benchsmith[local]'" in said
    said = command("features", *where, "--model", "open-clip:ViT-B-32/openai", code=2)
    assert "needs torch and open_clip" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("--model", "local:x", "--device", "gpu"),
            "there is no device 'gpu'; there are auto, cpu, cuda",
        ),
        (("--model", "local:x", "--device", "cdua:1"), "there is no device"),
        (("--model", "local:x", "--dtype", "bfloat"), "did you mean bfloat16"),
        (("--model", "m", "--device", "cpu"), "need --model local:NAME"),
        (("--model", "m", "--batch", "2"), "need --model local:NAME"),
        (("--model", "baseline:random", "--trust-remote-code"), "need --model local:NAME"),
        (
            ("--model", "baseline:random", "--judge-model", "local:x"),
            "must be served by the endpoint",
        ),
    ],
)
def test_mistakes_are_said_in_one_line(
    release: Path, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    said = command("evaluate", str(release), "--output", str(tmp_path), *words, code=2)
    assert says in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"temperature": 0.5}, "greedily"),
        ({"top_p": 0.9}, "top_p is not a setting of a local model"),
        ({"max_token": 9}, "did you mean max_tokens"),
        ({"max_tokens": 0}, "max_tokens is 0"),
        ({"max_tokens": True}, "max_tokens is True"),
        ({"chat_template_kwargs": 3}, "chat_template_kwargs is 3"),
    ],
)
def test_settings_that_a_local_model_has_not_are_said(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        generation_settings(settings)


# what it answers


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model as it is before training: it says long, strange things."""
    return tiny.vlm(tmp_path_factory.mktemp("wild") / "wild")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model that is right about the colours."""
    return tiny.vlm(tmp_path_factory.mktemp("trained") / "tiny-vlm", steps=400)


def messages(text: str, picture: bytes = b"", system: str = "") -> list[dict[str, Any]]:
    """Return a question as it goes to an endpoint."""
    import base64

    parts: list[dict[str, Any]] = [{"type": "text", "text": text}]
    if picture:
        url = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
        parts.insert(0, {"type": "image_url", "image_url": {"url": url}})
    first = [{"role": "system", "content": system}] if system else []
    return [*first, {"role": "user", "content": parts if picture else text}]


def questions(count: int) -> list[Question[int]]:
    """Return questions of different lengths about different pictures."""
    names = list(tiny.COLOURS)
    return [
        Question(i, str(i), messages("what is it? " * (1 + i % 5), tiny.picture(names[i % 4], str(i)),
                                     "You are brief." if i % 3 else ""))
        for i in range(count)
    ]  # fmt: skip


def chat(folder: Path, memory: Path, *, batch: int = 4, on: Machine = CPU, **settings: Any) -> Chat:
    return Chat(
        found(folder, memory), on, generation_settings({"max_tokens": 12, **settings}), batch
    )


def said(model: Chat, asked: Sequence[Question[int]]) -> dict[int, Reply]:
    return {about: reply._replace(seconds=0.0) for about, reply in model.replies(asked)}


def alone(folder: Path, asked: Sequence[Question[int]], **how: Any) -> dict[int, Reply]:
    """Answer by transformers, one after the other, as its documents show it."""
    import base64

    import PIL.Image
    import torch
    from transformers import AutoModelForImageTextToText, AutoProcessor

    processor = AutoProcessor.from_pretrained(folder)
    model = AutoModelForImageTextToText.from_pretrained(folder)
    replies = {}
    for question in asked:
        text, pictures = "", []
        for message in question.messages:
            content = message["content"]
            text += f"{message['role']}: "
            for part in [{"text": content}] if isinstance(content, str) else content:
                if "image_url" in part:
                    data = base64.b64decode(part["image_url"]["url"].partition(",")[2])
                    pictures.append(PIL.Image.open(BytesIO(data)))
                    text += "<image>"
                else:
                    text += part["text"]
            text += "\n"
        inputs = processor(text=f"{text}assistant:", images=pictures or None, return_tensors="pt")
        with torch.inference_mode():
            out = model.generate(**inputs, do_sample=False, max_new_tokens=12, **how)
        new = out[0, inputs["input_ids"].shape[1] :].tolist()
        told = new.index(2) + 1 if 2 in new else len(new)
        replies[question.about] = Reply(
            processor.tokenizer.decode(new[:told], skip_special_tokens=True),
            "stop" if 2 in new else "length",
            inputs["input_ids"].shape[1],
            told,
        )
    return replies


@with_torch
def test_it_answers_as_transformers_does_alone_whatever_the_batch(
    wild: Path, tmp_path: Path
) -> None:
    """Questions of one batch have other lengths, so that a batch is padded."""
    asked = questions(15)
    expected = alone(wild, asked)
    assert len({reply.text for reply in expected.values()}) > 3
    for batch in (1, 4, 15):
        assert said(chat(wild, tmp_path, batch=batch), asked) == expected
    beams = alone(wild, asked[:4], num_beams=3)
    assert said(chat(wild, tmp_path, num_beams=3), asked[:4]) == beams
    penalty = alone(wild, asked[:4], repetition_penalty=1.8)
    assert said(chat(wild, tmp_path, repetition_penalty=1.8), asked[:4]) == penalty
    assert len({str(expected[0]), str(beams[0]), str(penalty[0])}) > 1


@with_torch
def test_a_model_that_is_made_to_draw_its_words_does_not(wild: Path, tmp_path: Path) -> None:
    drawing = shutil.copytree(wild, tmp_path / "drawing")
    own = json.loads((drawing / "generation_config.json").read_text())
    own |= {"do_sample": True, "temperature": 5.0, "top_p": 0.9, "top_k": 40}
    (drawing / "generation_config.json").write_text(json.dumps(own))
    asked = questions(6)
    assert said(chat(drawing, tmp_path), asked) == said(chat(wild, tmp_path), asked)


@with_torch
def test_a_reply_that_begins_inside_a_thought_says_so(wild: Path, tmp_path: Path) -> None:
    """Its template opens the thought in the prompt; what never closes it is no answer."""
    thinking = shutil.copytree(wild, tmp_path / "thinking")
    template = thinking / "chat_template.jinja"
    template.write_text(template.read_text() + "<think>\n")
    found = said(chat(thinking, tmp_path), questions(3))
    assert all(reply.text.startswith("<think>") for reply in found.values())
    assert all(extract(reply.text, ["red", "blue"]).how == "cut" for reply in found.values())
    assert not any(
        r.text.startswith("<think>") for r in said(chat(wild, tmp_path), questions(3)).values()
    )


@with_torch
def test_without_a_picture_and_in_other_numbers(wild: Path, tmp_path: Path) -> None:
    blind = [Question(0, "0", messages("what is it?"))]
    assert said(chat(wild, tmp_path), blind) == alone(wild, blind)
    half = said(chat(wild, tmp_path, on=Machine("cpu", "bfloat16")), questions(2))
    assert all(reply.output_tokens and not reply.fault for reply in half.values())


@with_torch
def test_a_question_that_cannot_be_asked_is_that_question_s_fault(
    wild: Path, tmp_path: Path
) -> None:
    """Too long for the model, or a picture that is none; those beside it are answered."""
    asked = questions(8)
    asked[2] = Question(2, "2", messages("so long " * 900, tiny.picture("red", "2")))
    asked[5] = Question(5, "5", messages("what?", b"\x89PNG no picture"))
    replies = said(chat(wild, tmp_path), asked)
    expected = said(chat(wild, tmp_path), questions(8))
    assert re.search(r"\d+ tokens, of which the model reads 512", replies[2].fault)
    assert "cannot identify image file" in replies[5].fault
    rest = {i: reply for i, reply in replies.items() if i not in (2, 5)}
    assert rest == {i: reply for i, reply in expected.items() if i not in (2, 5)}


@with_torch
def test_near_its_end_a_question_has_the_room_that_it_has_alone(wild: Path, tmp_path: Path) -> None:
    near = [
        Question(i, str(i), messages("x" * n, tiny.picture("red", "2")))
        for i, n in enumerate((470, 3))
    ]
    together = said(chat(wild, tmp_path, batch=2), near)
    assert together == {
        **said(chat(wild, tmp_path), near[:1]),
        **said(chat(wild, tmp_path), near[1:]),
    }
    assert together[0].input_tokens + together[0].output_tokens <= 512


def hungry(model: Chat, most: int) -> list[int]:
    """Have a model ask for more memory than there is, for batches of more than `most`.

    Returns the batches that it is asked, as they come.
    """
    import torch

    loaded = model._load()  # noqa: SLF001
    model._model = loaded  # noqa: SLF001
    seen: list[int] = []

    def hook(module: Any, words: Any, named: Any) -> None:
        size = named["input_ids"].shape[0]
        seen.append(size)
        if size > most:
            torch.empty(1 << 55)

    loaded.model.register_forward_pre_hook(hook, with_kwargs=True)
    return seen


@with_torch
def test_a_batch_that_does_not_fit_is_halved_and_stays_so(wild: Path, tmp_path: Path) -> None:
    asked = questions(20)
    model = chat(wild, tmp_path, batch=10)
    seen = hungry(model, 3)
    assert said(model, asked) == said(chat(wild, tmp_path), asked)
    assert [size for size in seen if size > 3] == [10, 5, 5]


@with_torch
def test_a_model_for_which_there_is_no_memory_at_all_is_given_up(
    wild: Path, tmp_path: Path
) -> None:
    model = chat(wild, tmp_path, batch=8)
    hungry(model, 0)
    replies = []
    with pytest.raises(LocalModelError, match="out of memory; use --dtype bfloat16"):
        replies.extend(model.replies(questions(8)))
    assert len(replies) == 3 and all(reply.fault for _, reply in replies)


# what is no such model


def without_a_weight(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    lost = next(name for name in sorted(weights) if "mlp" in name)
    del weights[lost]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


def cut(folder: Path) -> None:
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[: len(data) // 2])


def changed(name: str, **values: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        own = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**own, **values}))

    return change


def removed(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


BROKEN: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a weight is missing": (without_a_weight, r"lacks 1 of its weights, such as .*mlp"),
    "half a file": (cut, r"cannot be loaded: .*fetch it again"),
    "no weights": (removed("model.safetensors"), r"cannot be loaded: .*a file of it is missing"),
    "no template": (removed("chat_template.jinja"), r"has no chat template"),
    "no processor": (
        removed("processor_config.json"),
        r"does not say how pictures and words are given",
    ),
    "words alone": (changed("config.json", model_type="bert"), r"kind bert, which does not answer"),
    "too new": (changed("config.json", model_type="llava9"), r"pip install --upgrade transformers"),
}


@with_torch
@pytest.mark.parametrize("kind", BROKEN)
def test_what_cannot_be_loaded_is_said_in_one_line(
    wild: Path, release: Path, tmp_path: Path, kind: str
) -> None:
    change, says = BROKEN[kind]
    broken = shutil.copytree(wild, tmp_path / "broken")
    change(broken)
    told = command(
        "evaluate", str(release), "--model", f"local:{broken}", "--output", str(tmp_path), "--yes",
        code=2,
    )  # fmt: skip
    assert re.search(says, told) and "Traceback" not in told, told


OWN_CODE = """
from pathlib import Path
from transformers import LlavaConfig, LlavaForConditionalGeneration
Path({marker!r}).write_text("ran")
class OwnConfig(LlavaConfig):
    model_type = "own_llava"
class OwnModel(LlavaForConditionalGeneration):
    config_class = OwnConfig
"""


@with_torch
def test_code_that_comes_with_a_model_runs_only_where_it_is_trusted(
    wild: Path, release: Path, tmp_path: Path
) -> None:
    from safetensors.torch import save_file
    from transformers import AutoModelForImageTextToText

    own, marker = shutil.copytree(wild, tmp_path / "own"), tmp_path / "ran"
    weights = AutoModelForImageTextToText.from_pretrained(wild).state_dict()
    save_file(
        {name: value.clone() for name, value in weights.items()},
        own / "model.safetensors",
        {"format": "pt"},
    )
    (own / "own.py").write_text(OWN_CODE.format(marker=str(marker)))
    changed(
        "config.json", model_type="own_llava",
        auto_map={"AutoConfig": "own.OwnConfig", "AutoModelForImageTextToText": "own.OwnModel"},
    )(own)  # fmt: skip
    words = ("evaluate", str(release), "--model", f"local:{own}", "--output", str(tmp_path), "--yes",
             "--limit", "2", "--set", "max_tokens=4")  # fmt: skip
    where = {"HF_MODULES_CACHE": str(tmp_path / "modules")}
    refused = process(words, **where)
    assert refused.returncode == 2 and "add --trust-remote-code" in refused.stderr
    assert not marker.exists()
    done = process((*words, "--trust-remote-code"), **where)
    assert done.returncode == 6, done.stderr
    assert marker.exists() and "2 answers" in done.stdout
    runs = [store.read(path) for path in store.files(tmp_path / "colours/answers")]
    (kept,) = [kept for kept in runs if kept.answers]
    assert dict(kept.run.settings)["trust_remote_code"] is True
    assert re.search(r"local:own +\d", scores(release, tmp_path)), "the refused run has no line"


# the whole way


def process(words: Sequence[str], **env: str) -> subprocess.CompletedProcess[str]:
    """Run `benchsmith` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "benchsmith", *words], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": PYTHONPATH, "OMP_NUM_THREADS": "1", **env},
    )  # fmt: skip


def words_for(release: Path, model: Path | str, output: Path, *more: str) -> tuple[str, ...]:
    return ("evaluate", str(release), "--model", f"local:{model}", "--output", str(output), "--yes",
            "--prompt", str(release / "prompt.yaml"), "--set", "max_tokens=8", *more)  # fmt: skip


@with_torch
def test_the_whole_way(trained: Path, release: Path, tmp_path: Path) -> None:
    """Right about every colour; asked again it is not even loaded; another model is another run."""
    told = command(*words_for(release, trained, tmp_path))
    assert "40 questions to ask" in told and "40 answers" in told
    board = scores(release, tmp_path)
    assert re.search(r"1 +local:tiny-vlm +100\.00", board)
    (path,) = store.files(tmp_path / "colours/answers")
    kept = store.read(path)
    assert dict(kept.run.settings)["revision"] == found(trained, tmp_path).revision
    assert str(trained) not in path.read_text()
    before = path.read_bytes()
    again = process(words_for(release, trained, tmp_path))
    assert "40 of 40 questions are answered" in again.stdout
    assert path.read_bytes() == before
    other = shutil.copytree(trained, tmp_path / "other/tiny-vlm")
    without = (other / "model.safetensors").read_bytes()
    (other / "model.safetensors").write_bytes(without[:-4] + b"\0\0\0\0")
    told = command(*words_for(release, other, tmp_path, "--limit", "3"), code=6)
    assert "0 of 3 questions are answered" in told
    assert len(store.files(tmp_path / "colours/answers")) == 2
    assert scores(release, tmp_path).count("local:tiny-vlm (prompt-") == 2


@with_torch
def test_a_panel_and_no_picture(trained: Path, release: Path, tmp_path: Path) -> None:
    command(*words_for(release, trained, tmp_path, "--limit", "4", "--panel", "readers"), code=6)
    command(*words_for(release, trained, tmp_path, "--limit", "4", "--no-picture"), code=6)
    board = scores(release, tmp_path)
    assert "local:tiny-vlm, panel readers" in board and "local:tiny-vlm, no picture" in board


@with_torch
def test_a_repository_is_read_offline_and_its_commit_kept(
    trained: Path, release: Path, tmp_path: Path
) -> None:
    commit = "89abcdef0123456789abcdef0123456789abcdef"
    shutil.copytree(trained, snapshot(tmp_path / "home", commit))
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}
    done = process(words_for(release, "lab/tiny", tmp_path, "--limit", "4"), **offline)
    assert done.returncode == 6, done.stderr
    (path,) = store.files(tmp_path / "colours/answers")
    run = store.read(path).run
    assert run.model == "local:lab/tiny" and dict(run.settings)["revision"] == commit
    done = process(words_for(release, "lab/none", tmp_path), **offline)
    assert done.returncode == 4 and "is not on this machine" in done.stderr


@with_torch
def test_killed_at_any_moment_it_ends_with_the_same_tables_and_asks_nothing_twice(
    trained: Path, release: Path, tmp_path: Path
) -> None:
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    assert process(words_for(release, trained, calm, "--batch", "3")).returncode == 0
    words = [
        sys.executable,
        "-m",
        "benchsmith",
        *words_for(release, trained, rough, "--batch", "3"),
    ]
    env = {**os.environ, "PYTHONPATH": PYTHONPATH, "OMP_NUM_THREADS": "1"}
    kills = 0
    for wanted in (4, 17, 29):
        child = subprocess.Popen(
            words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while child.poll() is None and lines(rough) <= wanted:
            time.sleep(0.002)
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
            kills += 1
        child.wait()
        with next(rough.rglob("*.jsonl")).open("ab") as file:
            file.write(b'{"case": "torn')
    assert kills == 3
    done = process(words[3:])
    assert done.returncode == 0 and "40 of 40" not in done.stdout
    (path,) = store.files(rough / "colours/answers")
    cases = [json.loads(line)["case"] for line in path.read_text().splitlines()[1:]]
    assert len(cases) == len(set(cases)) == 40, "an answer that was kept is not asked again"
    for folder in (calm, rough):
        scores(release, folder)
    assert tables(calm) == tables(rough)


def lines(output: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in store.files(output / "colours/answers"))


def tables(output: Path) -> dict[str, bytes]:
    """Return the score tables' bytes."""
    return {p.name: p.read_bytes() for p in sorted((output / "colours/scores").iterdir())}


def test_a_machine_s_memory_is_told_from_other_faults() -> None:
    assert device.is_full(MemoryError()) and device.is_full(RuntimeError("CUDA out of memory."))
    assert not device.is_full(ValueError("out of memory"))
    assert not device.is_full(RuntimeError("shape mismatch"))
    if find_spec("torch"):
        import torch

        with pytest.raises(RuntimeError) as full:
            torch.empty(1 << 55)
        assert device.is_full(full.value)
        with pytest.raises(DocumentError, match="there is no device 'cuda:99'; available: cpu"):
            Machine("cuda:99").torch_device()
