"""Text without documents: normal forms of names, spellings, languages, path patterns and URLs."""
