"""Option groups of the commands that ask a model: the endpoint, the request, the costs, the device."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from benchsmith.cli.app import ENVIRONMENT, INCOMPLETE
from benchsmith.cli.plain_output import tell

if TYPE_CHECKING:
    from benchsmith.evaluate.connection import Connection
    from benchsmith.evaluate.cost import Budget


class Endpoint(NamedTuple):
    """An endpoint, and how requests are sent to it."""

    base_url: Annotated[
        str, typer.Option("--base-url", help="URL of an OpenAI-compatible endpoint.")
    ] = ""
    key_env: Annotated[
        str, typer.Option("--key-env", help="Environment variable that holds the API key.")
    ] = "OPENAI_API_KEY"
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, help="Number of concurrent requests.")
    ] = 16
    tries: Annotated[
        int, typer.Option("--tries", min=1, help="Maximum number of attempts per question.")
    ] = 8
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Timeout of one attempt, in seconds.")
    ] = 120.0

    def connection(self, *, stream: bool = False) -> Connection:
        """Return the connection; with `stream` replies are streamed."""
        from benchsmith.evaluate.connection import Connection

        return Connection(
            base_url=self.base_url,
            key_env=self.key_env,
            concurrency=self.concurrency,
            tries=self.tries,
            timeout_s=self.timeout,
            stream=stream,
            notice=_notice,
        )


def exit_by(ended: str) -> None:
    """Exit with the code of how asking a model ended, unless it is complete."""
    if ended != "complete":
        raise typer.Exit(ENVIRONMENT if ended == "faults" else INCOMPLETE)


def _notice(line: str) -> None:
    """Print a line about the endpoint; on stderr, since stdout may be data."""
    tell(line, file=sys.stderr, flush=True)


class Request(NamedTuple):
    """Which questions are asked, and in which words."""

    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Ask at most N cases (0 = all).", metavar="N")
    ] = 0
    prompt: Annotated[
        str, typer.Option("--prompt", help="Name of a prompt, or path of a prompt file.")
    ] = "zero-shot"
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="Set a request parameter, as KEY=JSON; may be repeated."),
    ] = None


class Costs(NamedTuple):
    """Prices, the spending limit, and whether to ask for confirmation."""

    price_in: Annotated[
        float, typer.Option("--price-in", min=0, help="Price per million input tokens.")
    ] = 0.0
    price_out: Annotated[
        float, typer.Option("--price-out", min=0, help="Price per million output tokens.")
    ] = 0.0
    max_cost: Annotated[
        float,
        typer.Option("--max-cost", min=0, help="Stop before this cost is exceeded (0 = no limit)."),
    ] = 0.0
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False

    def check(self) -> None:
        """Raise BadParameter for a cost limit without prices."""
        if self.max_cost and not (self.price_in or self.price_out):
            raise typer.BadParameter("--max-cost needs --price-in and --price-out")

    def budget(self, *, to_stderr: bool = False) -> Budget:
        """Return the budget; its confirmation prints the estimate, on stderr where stdout is data."""
        from benchsmith.evaluate.cost import Budget, Prices

        def confirm(estimate: str) -> bool:
            tell(estimate, flush=True, file=sys.stderr if to_stderr else sys.stdout)
            if self.yes:
                return True
            if not sys.stdin.isatty():
                tell("there is no terminal for a confirmation: add --yes", file=sys.stderr)
                return False
            return typer.confirm("Begin?", default=True)

        priced = self.price_in or self.price_out
        prices = Prices(self.price_in, self.price_out) if priced else None
        return Budget(
            prices=prices,
            max_cost=self.max_cost or None,
            probe=priced > 0 if self.yes else sys.stdin.isatty(),
            confirm=confirm,
        )


class Device(NamedTuple):
    """How a model is loaded on this machine."""

    device: Annotated[
        str,
        typer.Option("--device", help="Device of a local model: auto, cpu, cuda, cuda:1 or mps."),
    ] = "auto"
    dtype: Annotated[
        str,
        typer.Option("--dtype", help="Dtype of a local model: auto, float32, bfloat16 or float16."),
    ] = "auto"
    own_code: Annotated[
        bool,
        typer.Option(
            "--trust-remote-code", help="Run the Python code in a local model's repository."
        ),
    ] = False
