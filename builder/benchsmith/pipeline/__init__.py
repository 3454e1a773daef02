"""The build: stages run in order, cache keys, reuse, dry run, audit and release."""
