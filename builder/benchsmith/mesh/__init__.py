"""NLM's Medical Subject Headings (MeSH): imported from NLM's files into one table of the project."""
