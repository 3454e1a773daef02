"""The nouns, contracts, reasons and errors that all rooms share; imports only the standard library and numpy."""
