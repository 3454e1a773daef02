"""Existing benchmarks as releases: their files are read by a recipe, with nothing drawn or changed."""
