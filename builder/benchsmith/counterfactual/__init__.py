"""Counterfactual questions: the same question about a picture that was changed in a known way."""
