"""Formats of a release, one module each: `write(release, folder)`."""
