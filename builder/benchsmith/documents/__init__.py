"""YAML and TSV to typed values, every problem with its file and line."""
