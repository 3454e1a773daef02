"""Possible labels of a source's unknown word, each with a score and a reason."""
