"""Runs the exported tasks in the real tools, with a model that gives a prepared reply for each case.

Each function runs a tool in a process of its own, in the release's folder, and returns the score that
the tool gives each case and the log that it writes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

Scores = dict[str, float]

LMMS_EVAL = """
import json, sys, types
from lmms_eval import evaluator
from lmms_eval.api.model import lmms
from lmms_eval.loggers.evaluation_tracker import EvaluationTracker
from lmms_eval.tasks import TaskManager

said, out, task = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]

class Scripted(lmms):
    def generate_until(self, requests):
        return [said[self.task_dict[r.args[4]][r.args[5]][r.args[3]]["id"]] for r in requests]
    def loglikelihood(self, requests): raise NotImplementedError
    def generate_until_multi_round(self, requests): raise NotImplementedError

tracker = EvaluationTracker(output_path=out)
words = types.SimpleNamespace(output_path=out, log_samples=True, process_with_media=False, reasoning_tags=None,
                              seed=[0, 1, 2, 3], model="scripted")
found = evaluator.simple_evaluate(model=Scripted(), tasks=[task], bootstrap_iters=0, log_samples=True, cli_args=words,
    evaluation_tracker=tracker, task_manager=TaskManager(include_path="lmms_eval", include_defaults=False), datetime_str="now")
samples = found.pop("samples")
scores = {s["id"]: s.get("acc", s.get("answered")) for s in samples[task]}
tracker.save_results_aggregated(results=found, samples=samples, datetime_str="now")
tracker.save_results_samples(task_name=task, samples=samples[task])
json.dump(scores, open(out + "/scores.json", "w"))
"""
LM_EVAL = """
import json, sys
import lm_eval
from lm_eval.api.model import LM
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager

said, out, task = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]

class Scripted(LM):
    MULTIMODAL = True
    def generate_until(self, requests, **how): return [said[r.doc["id"]] for r in requests]
    def loglikelihood(self, requests): raise NotImplementedError
    def loglikelihood_rolling(self, requests): raise NotImplementedError

tracker = EvaluationTracker(output_path=out)
found = lm_eval.simple_evaluate(Scripted(), tasks=[task], bootstrap_iters=0, log_samples=True,
    evaluation_tracker=tracker, task_manager=TaskManager(include_path="lm_eval", include_defaults=False))
samples = found.pop("samples")
scores = {s["doc"]["id"]: s.get("acc", s.get("answered")) for s in samples[task]}
tracker.save_results_aggregated(results=found, samples=samples)
tracker.save_results_samples(task_name=task, samples=samples[task])
json.dump(scores, open(out + "/scores.json", "w"))
"""
INSPECT = """
import importlib.util, json, sys
import inspect_ai
from inspect_ai.model import ModelOutput, ModelUsage, get_model

said, out, task = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]
spec = importlib.util.spec_from_file_location("small", "inspect/small.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
made = getattr(module, task)()

def reply(sample):
    output = ModelOutput.from_content("mockllm", said[sample.id])
    output.usage = ModelUsage(input_tokens=1, output_tokens=1)  # else it counts, online
    return output

model = get_model("mockllm/model", custom_outputs=[reply(s) for s in made.dataset])
(log,) = inspect_ai.eval(made, model=model, display="none", log_dir=out, max_connections=1, max_samples=1)
assert log.status == "success", log.error
scores = {s.id: float(s.scores["picks"].value == "C") for s in log.samples}
json.dump(scores, open(out + "/scores.json", "w"))
"""
VLMEVALKIT = """
import json, os, shutil, sys
said, out, task = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]
os.environ["LMUData"] = out + "/data"
os.makedirs(out + "/data")
shutil.copy(f"vlmevalkit/{task}.tsv", out + "/data")
from vlmeval.dataset import build_dataset
from vlmeval.inference import infer_data_job
from vlmeval.smp import load

dataset = build_dataset(task)
ids = {str(i): case.rstrip() for i, case in zip(dataset.data["index"], dataset.data["id"])}

class Scripted:
    is_api = False
    def set_dump_image(self, function): pass
    def use_custom_prompt(self, name): return False
    def generate(self, message, dataset=None):
        (picture,) = [m["value"] for m in message if m["type"] == "image"]
        return said[ids[os.path.basename(picture).split(".")[0]]]

infer_data_job(Scripted(), out, "m", dataset)
print(dataset.evaluate(f"{out}/m_{task}.xlsx", model="exact_matching", nproc=1).to_string())
found = load(f"{out}/m_{task}_exact_matching_result.xlsx")
scores = {case.rstrip(): float(hit) for case, hit in zip(found["id"], found["hit"])}
json.dump(scores, open(out + "/scores.json", "w"))
"""
TOOLS = {
    "lmms_eval": (LMMS_EVAL, "small_test", "**/*_samples_*.jsonl"),
    "lm_eval": (LM_EVAL, "small_test", "**/samples_*.jsonl"),
    "inspect_ai": (INSPECT, "small", "*.eval"),
    "vlmeval": (VLMEVALKIT, "small_TEST", "m_small_TEST.xlsx"),
}
"""The module to import, the script, the task, and which files are its logs."""


def run(tool: str, release: Path, replies: Mapping[str, str], folder: Path) -> tuple[Scores, Path]:
    """Return the tool's score of each case, and its log."""
    script, task, log = TOOLS[tool]
    folder.mkdir()
    (folder / "said.json").write_text(json.dumps(replies))
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder / "said.json"), str(folder), task],
        cwd=release, env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hub")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    (path,) = folder.glob(log)
    return json.loads((folder / "scores.json").read_text()), path
