"""The explorer: a release as pages, with data in script files, that a browser opens without a server."""
