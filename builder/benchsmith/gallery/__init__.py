"""The explorer: a release as pages that a browser opens without a server, from script files."""
