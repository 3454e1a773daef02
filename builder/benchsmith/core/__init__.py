"""The nouns, contracts, reasons and errors that every room speaks of; the standard library and numpy alone."""
