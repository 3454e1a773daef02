"""The command that encodes pictures and options into features."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import Home, Json, Output, app, emit, results_in
from benchsmith.cli.endpoint_options import Device
from benchsmith.cli.evaluate_options import Released
from benchsmith.cli.option_groups import grouped
from benchsmith.cli.plain_output import tell


@app.command(
    epilog="Example: benchsmith features demo --model local:google/siglip-base-patch16-224"
)
@grouped
def features(
    name: Released,
    model: Annotated[
        str,
        typer.Option("--model", help="Encoder: local:ORG/NAME, local:FOLDER or open-clip:NAME."),
    ],
    device: Device,
    as_: Annotated[
        str,
        typer.Option("--as", help="Name of the features; default: last part of the model name."),
    ] = "",
    template: Annotated[
        list[str] | None,
        typer.Option(
            "--template", help="Text around an <option>; may be repeated to average several."
        ),
    ] = None,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Batch size.")] = 32,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Encode all pictures and options of a release, for `evaluate --model probe:NAME`."""
    from benchsmith.cli.progress import progress
    from benchsmith.core.silent_progress import Silent
    from benchsmith.evaluate import encode, feature_file, local_models, locations

    results = results_in(home, output)
    place = locations.locate(name, home.resolve(), results)
    encoder, short = local_models.encoder(model, results, **device._asdict())
    called = as_ or short
    found = encode.encode(
        place.release,
        feature_file.path_of(place.answers, called),
        encoder,
        templates=template or (),
        batch=batch,
        say=Silent() if json else progress(),
    )
    kinds = ("probe", "zero-shot") if found.texts else ("probe",)
    if json:
        emit(
            {
                "file": str(found.path),
                "pictures": found.pictures,
                "options": found.texts,
                "looked_at_now": found.fresh,
                "cut": found.cut,
                "models": [f"{kind}:{called}" for kind in kinds],
            }
        )
        return
    for line in found.report():
        tell(line)
    tell(f"  {found.path}")
    for kind in kinds:
        tell(f"  next: benchsmith evaluate {name} --model {kind}:{called}")
