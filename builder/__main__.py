"""`python -m builder` is the command `benchsmith`."""

from builder.cli import main

main()
