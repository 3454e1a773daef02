"""The review desk: people tag, sign and validate in the browser; one server, one SQLite file."""
