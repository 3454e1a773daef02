"""Harnesses run the tasks that are written for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

from tests import world
from tests.conftest import Project
from tests.every_format import cases, full, module_of

__all__ = ["cases", "full"]


def test_inspect_runs_the_task_file(full: Project, cases: dict[str, dict[str, Any]]) -> None:
    inspect_ai = pytest.importorskip("inspect_ai")
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    def says_a() -> ModelOutput:
        output = ModelOutput.from_content("mockllm", "ANSWER: A")
        output.usage = ModelUsage(input_tokens=1, output_tokens=1)  # else it counts, online
        return output

    path = full.release / "inspect/small.py"
    module = module_of(path)
    for task, several in ((module.small(), False), (module.small_several(), True)):
        samples = {s.id: s for s in task.dataset}
        wanted = {
            i: c for i, c in cases.items()
            if c["split"] == "test" and c["answers"] == ("several" if several else "one")
        }  # fmt: skip
        assert samples.keys() == wanted.keys() and samples
        for id_, sample in samples.items():
            assert list(sample.target) == wanted[id_]["answer"].split(",")
            picture, text = sample.input[0].content
            assert Path(picture.image).read_bytes() == wanted[id_]["image"]["bytes"]
            assert text.text == wanted[id_]["question"]
        always = [says_a() for _ in samples]
        (log,) = inspect_ai.eval(
            task, model=get_model("mockllm/model", custom_outputs=always),
            display="none", log_dir=str(full.folder / "logs"), max_connections=1,
        )  # fmt: skip
        assert log.status == "success"
        share = sum(c["answer"] == "A" for c in wanted.values()) / len(wanted)
        assert log.results.scores[0].metrics["accuracy"].value == pytest.approx(share)


NEW_TOKENS = {"max_new_tokens", "max_gen_toks"}


def task_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Read task files as the harnesses do: `!function file.name` is a name in a file beside it."""
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        yaml = YAML(typ="safe")
        yaml.constructor.add_constructor(
            "!function", lambda loader, node: tuple(node.value.split("."))
        )
        found[path.stem] = yaml.load(path.read_text())
    return found


@pytest.mark.parametrize("harness", ["lm_eval", "lmms_eval"])
def test_harness_tasks_name_what_is_there(
    full: Project,
    cases: dict[str, dict[str, Any]],
    harness: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(full.release)
    folder = full.release / harness
    files = task_files(folder)
    tasks = {t.split(":")[0].replace("-", "_"): t.split(":")[1] for t in world.TREES["task"]}
    assert {"small_val", "small_test", "small_test_bone", "small_test_several"} <= files.keys()
    code = module_of(folder / "cases.py")
    for name, task in files.items():
        assert task["task"] == name
        loaded = datasets.load_dataset(
            task["dataset_path"], split=task["test_split"], cache_dir=str(tmp_path),
            **task["dataset_kwargs"],
        )  # fmt: skip
        several = name.endswith("_several")
        if "process_docs" in task:
            loaded = getattr(code, task["process_docs"][1])(loaded)
        branch = name.removesuffix("_several").removeprefix(f"small_{task['test_split']}")
        assert set(loaded["id"]) == {
            i
            for i, case in cases.items()
            if case["split"] == task["test_split"]
            and (not branch or case["task"] == tasks[branch.removeprefix("_")])
            and (case["answers"] == "several") is several
        }
        assert (
            max(task["generation_kwargs"][n] for n in NEW_TOKENS & task["generation_kwargs"].keys())
            == 2048
        )
        functions = {v[1]: getattr(code, v[1]) for v in task.values() if isinstance(v, tuple)}
        assert functions.keys() - {"one", "several"} == {"pictures", "text", "target", "results"}
        for doc in loaded:
            said = functions["text"](doc)
            assert doc["question"] in said and f"\nB. {doc['options'][1]}\n" in said
            assert said.startswith("<image>") == (harness == "lm_eval")
            assert functions["pictures"](doc)[0].mode == "RGB"
            scored = functions["results"](doc, [functions["target"](doc)])
            if harness == "lmms_eval":  # its log has nothing else to tell a case by
                assert scored.pop("id") == doc["id"]
            assert set(scored.values()) == {1.0}
            assert scored.keys() <= {m["metric"] for m in task["metric_list"]}


@pytest.mark.parametrize(
    ("reply", "options", "found"),
    [
        ("B", 3, ["B"]),
        (" (b) ", 3, ["B"]),
        ("(B)", 3, ["B"]),
        ("B. spleen", 3, ["B"]),
        ("The answer is C.", 3, ["C"]),
        ("Answer: A", 3, ["A"]),
        ("The correct answers are A, C.", 4, ["A", "C"]),
        ("It shows bile. Answer: D", 4, ["D"]),
        ("A, C", 4, ["A", "C"]),
        ("A and C", 4, ["A", "C"]),
        ("E", 3, []),
        ("A liver is seen here", 3, ["A"]),
        ("spleen", 3, ["B"]),
        ("", 3, []),
        ("I cannot tell", 3, []),
    ],
)
def test_replies_are_read_or_count_as_wrong(
    full: Project, reply: str, options: int, found: list[str]
) -> None:
    code = module_of(full.release / "lm_eval/cases.py")
    doc = {"options": ["liver", "spleen", "rib", "kidney"][:options], "answers": "several"}
    assert code.chosen(doc, reply) == found


def test_several_letters_are_no_answer_where_one_is_asked(full: Project) -> None:
    code = module_of(full.release / "lmms_eval/cases.py")
    doc = {"options": ["liver", "spleen", "rib"], "answers": "one", "answer": "A", "id": "7"}
    assert code.results(doc, ["A,B"]) == {"id": "7", "acc": 0.0}
    assert code.results(doc, ["A"]) == {"id": "7", "acc": 1.0}
    several = {
        "options": ["liver", "spleen", "rib"],
        "answers": "several",
        "answer": "A,C",
        "id": "8",
    }
    assert code.results(several, ["C"]) == {"id": "8", "acc": 0.0, "recall": 0.5}


def test_lm_eval_itself_reads_and_scores_a_task(full: Project) -> None:
    """The harness loads the task file, and a model that always says A has the share of A's."""
    pytest.importorskip("lm_eval")
    pytest.importorskip("torch")
    code = """
import json, sys
import lm_eval
from lm_eval.api.model import LM
from lm_eval.tasks import TaskManager

class SaysA(LM):
    MULTIMODAL = True
    def generate_until(self, requests, **how):
        for r in requests:
            assert "visual" in r.args[2] and r.args[0].count("<image>") == 1, r.args
        return ["A"] * len(requests)
    def loglikelihood(self, requests): raise NotImplementedError
    def loglikelihood_rolling(self, requests): raise NotImplementedError

found = lm_eval.simple_evaluate(SaysA(), tasks=["small_test"], bootstrap_iters=0,
                                task_manager=TaskManager(include_path="lm_eval", include_defaults=False))
print("FOUND", json.dumps(found["results"]["small_test"]["acc,none"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=full.release, capture_output=True, text=True, check=False
    )
    assert "FOUND" in done.stdout, done.stderr[-2000:]
    rows = pq.read_table(full.release / "data").to_pylist()
    share = [r["answer"] == "A" for r in rows if r["split"] == "test"]
    assert float(done.stdout.split("FOUND")[1]) == pytest.approx(sum(share) / len(share))
