"""The project's documents: YAML and TSV read into typed values, every problem with file and line.

The functions `read` raise DocumentError with all problems at once. The functions `collect` add them
to a `Problems` instead, so that a caller can read several documents before it raises.
"""
