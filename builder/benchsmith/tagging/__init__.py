"""Tagging by vote: assigning labels to annotators, collecting votes, and deriving placements."""
