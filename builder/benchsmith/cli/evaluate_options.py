"""Option groups of `evaluate`: the model, the cases, and answers of other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from benchsmith.cli import completion
from benchsmith.cli.endpoint_options import Device

Released = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="Name of a built benchmark, or path of a release folder.",
        autocompletion=completion.built,
    ),
]
BATCH = 8
"""Default batch size of a local model."""


class Model(NamedTuple):
    """Which model answers, and in which way."""

    model: Annotated[
        str,
        typer.Option(
            "--model",
            help="Name of the model at the endpoint; or preset:NAME or local:NAME of "
            "raw_sources/models.tsv, local:ORG/NAME, baseline:NAME, probe:NAME or "
            "zero-shot:NAME.",
        ),
    ] = ""
    features: Annotated[
        Path | None,
        typer.Option("--features", help="Feature file for probe:NAME or zero-shot:NAME."),
    ] = None
    panel: Annotated[
        str,
        typer.Option(
            "--panel",
            help="Let a panel of readers debate and decide; name or path of a panel file.",
        ),
    ] = ""
    no_picture: Annotated[bool, typer.Option("--no-picture", help="Ask without the picture.")] = (
        False
    )
    stream: Annotated[bool, typer.Option("--stream", help="Stream replies.")] = False
    judge_model: Annotated[
        str,
        typer.Option(
            "--judge-model", help="Let this model interpret replies that the rules cannot."
        ),
    ] = ""
    judge_all: Annotated[
        bool,
        typer.Option("--judge-all", help="Let the judge read the replies of all runs."),
    ] = False
    batch: Annotated[int, typer.Option("--batch", min=1, help="Batch size of a local model.")] = (
        BATCH
    )

    def check(self, device: Device, imports: Imports) -> None:
        """Raise BadParameter for options that contradict each other."""
        from benchsmith.evaluate.local_models import is_local
        from benchsmith.evaluate.run import is_baseline, uses_features

        worded = self.model and not (is_baseline(self.model) or uses_features(self.model))
        if self.features and not uses_features(self.model):
            raise typer.BadParameter("--features needs --model probe:NAME or zero-shot:NAME")
        if self.panel and (imports.import_ or not worded):
            raise typer.BadParameter("--panel needs a --model that answers prompts")
        if is_local(self.judge_model):
            raise typer.BadParameter("--judge-model must be served by the endpoint at --base-url")
        if not is_local(self.model) and (device != Device() or self.batch != BATCH):
            raise typer.BadParameter(
                "--device, --dtype, --batch and --trust-remote-code need --model local:NAME"
            )
        if self.judge_all and not self.judge_model:
            raise typer.BadParameter("--judge-all needs --judge-model")
        alone = not (self.model or imports.import_)
        if self.judge_model and alone and not self.judge_all:
            raise typer.BadParameter(
                "--judge-model reads the run of --model or --import; for all runs add --judge-all"
            )
        if not (self.model or imports.import_ or self.judge_model):
            raise typer.BadParameter("name a model: --model, or --import FILE --as MODEL")
        if imports.column and not imports.import_:
            raise typer.BadParameter("--column needs --import FILE")
        if bool(imports.import_) != bool(imports.as_) or (self.model and imports.import_):
            raise typer.BadParameter(
                "--import FILE and --as MODEL belong together, without --model"
            )


class Imports(NamedTuple):
    """Answers from another tool."""

    import_: Annotated[
        list[Path] | None,
        typer.Option(
            "--import", help="Import answers from a file of another tool; may be repeated."
        ),
    ] = None
    as_: Annotated[str, typer.Option("--as", help="Name of the model for --import.")] = ""
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            help="Column of --import's table, as FIELD=COLUMN: id, answer, question or options; may be repeated.",
        ),
    ] = None


class Cases(NamedTuple):
    """Which cases are asked, and in which orders of their options."""

    split: Annotated[str, typer.Option("--split", help="Split to ask: val, test or all.")] = "all"
    circular: Annotated[
        bool,
        typer.Option(
            "--circular",
            help="Ask each question once per option, each time with a different option first.",
        ),
    ] = False
