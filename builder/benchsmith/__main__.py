"""The command `benchsmith`, also as `python -m benchsmith`; Ctrl-C works from its first import on."""

from benchsmith.core import interrupts


def main() -> None:
    """Run the command."""
    interrupts.leave_at_once()
    from benchsmith.cli import main as command

    command()


if __name__ == "__main__":
    main()
