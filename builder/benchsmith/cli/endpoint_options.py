"""Options of every command that asks a model behind an endpoint."""

from __future__ import annotations

from typing import Annotated

import typer

BaseUrl = Annotated[str, typer.Option("--base-url", help="An OpenAI-compatible endpoint.")]
KeyEnv = Annotated[str, typer.Option("--key-env", help="The environment variable with its key.")]
Limit = Annotated[int, typer.Option(min=0, help="Ask so many cases; 0 is every case.")]
Wording = Annotated[str, typer.Option(help="A prompt's name, or its file.")]
Change = Annotated[
    list[str] | None, typer.Option("--set", help="A setting of the request, as KEY=JSON.")
]
Concurrency = Annotated[int, typer.Option(min=1, help="Questions at a time.")]
Tries = Annotated[int, typer.Option(min=1, help="Tries for each question.")]
Timeout = Annotated[float, typer.Option(min=0.1, help="Seconds for each try.")]
PriceIn = Annotated[float, typer.Option(min=0, help="For a million tokens asked.")]
PriceOut = Annotated[float, typer.Option(min=0, help="For a million tokens told.")]
MaxCost = Annotated[float, typer.Option(min=0, help="Stop before more is spent; 0 is no limit.")]
Yes = Annotated[bool, typer.Option("--yes", help="Begin without asking back.")]
KEY = "OPENAI_API_KEY"


def agree_on_cost(price_in: float, price_out: float, max_cost: float) -> None:
    """Raise BadParameter for a bound on what nobody can count."""
    if max_cost and not (price_in or price_out):
        raise typer.BadParameter("--max-cost needs --price-in and --price-out")
