"""Resampling, intervals and agreement: every figure that comes with an uncertainty."""
