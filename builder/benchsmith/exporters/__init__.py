"""Export formats, one module each with a function `write(release, folder)`."""
