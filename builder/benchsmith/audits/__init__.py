"""Checks of a finished release that run before it is published."""
