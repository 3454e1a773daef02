"""Benchsmith turns labelled medical images into a publishable multiple-choice benchmark."""

__version__ = "0.1.0"
