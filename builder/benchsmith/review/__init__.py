"""The review desk: people tag, sign and validate in the browser; one process, one file of acts."""
