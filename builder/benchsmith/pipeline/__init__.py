"""The build: the stages as one chain, their cache keys, reuse, dry run, audit and release."""
