"""NLM's Medical Subject Headings: read from NLM's own files, kept as one table beside the project."""
