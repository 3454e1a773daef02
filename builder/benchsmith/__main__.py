"""`python -m benchsmith` is the command `benchsmith`."""

from benchsmith.cli import main

main()
