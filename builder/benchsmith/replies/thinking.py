"""Remove what is not the answer: reasoning, channels and end markers, by model family."""

from __future__ import annotations

import re
from typing import NamedTuple


class Thought(NamedTuple):
    """How a family of models marks its thoughts."""

    families: str
    opens: str
    closes: str
    source: str
    """Where the markers are defined."""


THOUGHTS = (
    Thought("DeepSeek-R1, Qwen3, QwQ, GLM-4.5V, InternVL3.5, MiniCPM-V 4.5, Nemotron, ERNIE, MiMo-VL",
            "<think>", "</think>", "chat templates; DeepSeek-R1's opens the thought in the prompt"),
    Thought("prompts that ask for it", "<thinking>", "</thinking>", "the prompts"),
    Thought("EXAONE Deep, Marco-o1", "<thought>", "</thought>", "chat templates"),
    Thought("Reka Flash 3, LLaVA-CoT", "<reasoning>", "</reasoning>", "chat template, model card"),
    Thought("MedGemma 1.5, MedGemma 27B", "<unused94>", "<unused95>", "model card, token names of Gemma 3"),
    Thought("Magistral, Ministral 3", "[THINK]", "[/THINK]", "chat template of Mistral's tokenizer"),
    Thought("Kimi-VL", "◁think▷", "◁/think▷", "chat template"),
    Thought("Kimi K3", "<|open|>think<|sep|>", "<|close|>think<|sep|>", "chat template"),
    Thought("Gemma 4", "<|channel>thought", "<channel|>", "chat template"),
    Thought("Command A Reasoning, Command R7B", "<|START_THINKING|>", "<|END_THINKING|>", "chat template"),
    Thought("Seed-OSS", "<seed:think>", "</seed:think>", "chat template"),
    Thought("MiniMax M3", "<mm:think>", "</mm:think>", "chat template"),
    Thought("Sky-T1, OpenThinker", "<|begin_of_thought|>", "<|end_of_thought|>", "system prompt of the model card"),
    Thought("Apertus", "<|inner_prefix|>", "<|inner_suffix|>", "chat template"),
    Thought("Granite 3.2", "Here is my thought process:", "Here is my response:", "chat template"),
    Thought("HuatuoGPT-o1", "## Thinking\n", "## Final Response\n", "model card"),
)  # fmt: skip
"""Markers of thoughts; where several families share them, one row."""
ANSWER_MARKS = (
    ("<|begin_of_solution|>", "<|end_of_solution|>"),
    ("<|START_RESPONSE|>", "<|END_RESPONSE|>"),
    ("[BEGIN FINAL RESPONSE]", "[END FINAL RESPONSE]"),
    ("<CONCLUSION>", "</CONCLUSION>"),
    ("<Output>", "</Output>"),
    ("<response>", "</response>"),
)
"""Markers around the answer (Sky-T1, Command A, Apriel, LLaVA-CoT, Marco-o1)."""
ENDS = (
    "</s>", "<eos>", "<|im_end|>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>", "<|end|>",
    "<|return|>", "<|call|>", "<end_of_turn>", "<turn|>", "<|END_OF_TURN_TOKEN|>", "<｜end▁of▁sentence｜>",
    "<end_of_utterance>", "<|end_of_role|>", "<|assistant_end|>", "<|user|>", "<|observation|>", "<|im_start|>user",
    "[/INST]", "[EOS]", "<|end_of_sentence|>", "[|endofturn|]", "<|eos|>",
)  # fmt: skip
"""Markers of the end of a turn; what follows is not the reply."""
_BEGINS = re.compile(
    r"\s*(?:<s>|<bos>|<\|begin_of_text\|>|<\|im_start\|>\s*assistant|<\|im_assistant\|>\s*assistant<\|im_middle\|>"
    r"|<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>|<start_of_turn>\s*model|<\|turn>\s*model"
    r"|<\|start_of_role\|>\s*assistant\s*<\|end_of_role\|>|<\|assistant\|>|<｜Assistant｜>|<\|start\|>assistant"
    r"|<\|CHATBOT_TOKEN\|>|(?:Assistant|assistant|ASSISTANT|Model|AI)\s*[:：])\s*"
)
"""Markers of the beginning of a reply."""
_FINAL = re.compile(r"<\|channel\|>\s*final\b.{0,200}?<\|message\|>", re.DOTALL)
_BARE_CHANNELS = re.compile(r"\s*analysis(?=[A-Z\s]).*assistant\s*final(?:\s*:)?", re.DOTALL)
"""Harmony's channels as they look when special tokens are not decoded."""
_TAG = (
    r"(?:\w{1,20}:)?(?:think|thought|reason|reflection|analysis|scratchpad|caption|summary)\w{0,20}"
)
"""Tags that other prompts ask for."""
_ASIDE = r"(?:internal|inner|hidden|private|secret|monologue|rationale|cot|deliberation|draft|plan|planning|notes?|workings?|observations?|perception|memo|brainstorm|critique|explanation|justification|evidence|description|steps?)\w{0,20}"
"""Tags whose content is no answer if something stands outside them."""
_BLANK_TAG = re.compile(r"<[ \t]{0,4}(/?)[ \t]{0,4}([A-Za-z]\w{2,30})[ \t]{0,4}>")
"""A tag with blanks: `< think >`."""


def answer_part(reply: str) -> tuple[str, bool]:
    """Return a reply without thoughts and end markers, and whether it ended inside a thought.

    >>> answer_part("<think>A or B?</think>B<|im_end|>")
    ('B', False)
    >>> answer_part("[THINK]Perhaps A")
    ('', True)
    """
    reply = _one_begin(_BLANK_TAG.sub(r"<\1\2>", reply))
    if "<|channel|>" in reply:
        finals = list(_FINAL.finditer(reply))
        if not finals:
            return "", True
        reply = reply[finals[-1].end() :]
    elif bare := _BARE_CHANNELS.match(reply):
        reply = reply[bare.end() :]
    for thought in THOUGHTS:
        reply, cut = _without(reply, re.escape(thought.opens), re.escape(thought.closes))
        if cut:
            return "", True
    if re.search(rf"</{_TAG}>", reply, re.IGNORECASE):
        reply = _without(reply, rf"<{_TAG}>", rf"</{_TAG}>")[0]
    if re.search(rf"</{_ASIDE}>", reply, re.IGNORECASE):
        rest = _without(reply, rf"<{_ASIDE}>", rf"</{_ASIDE}>")[0]
        reply = rest if re.search(r"\w", rest) else reply
    for begins, ends in ANSWER_MARKS:
        found = re.split(re.escape(begins), reply, flags=re.IGNORECASE)
        if len(found) > 1:
            reply = re.split(re.escape(ends), found[-1], flags=re.IGNORECASE)[0]
    reply = _one_begin(reply)
    places = [place for end in ENDS if (place := reply.find(end)) >= 0]
    return reply[: min(places, default=len(reply))].strip(), False


def opened_thought(prompt: str) -> str:
    r"""Return the marker of the thought in which a rendered chat template ends; empty if in none.

    The reply begins inside that thought, so it is read with the marker in front.

    >>> opened_thought("<|im_start|>assistant\n<think>\n"), opened_thought("<think>\n\n</think>\n\n")
    ('<think>', '')
    """
    for thought in THOUGHTS:
        begun, ended = prompt.rfind(thought.opens), prompt.rfind(thought.closes)
        if begun > ended and not prompt[begun + len(thought.opens) :].strip():
            return thought.opens
    return ""


def _one_begin(reply: str) -> str:
    while (begin := _BEGINS.match(reply)) is not None:
        reply = reply[begin.end() :]
    return reply


def _without(reply: str, opens: str, closes: str) -> tuple[str, bool]:
    """Return a text without its thoughts, and whether the last one is not closed."""
    kept: list[str] = []
    start, inside = 0, False
    for mark in re.finditer(f"({opens})|{closes}", reply, re.IGNORECASE):
        if mark[1] is None:
            kept = kept if inside else []  # the prompt opened the thought
            start, inside = mark.end(), False
        elif not inside:
            kept.append(reply[start : mark.start()])
            inside = True
    return " ".join([*kept, "" if inside else reply[start:]]), inside
