"""Question stems drafted by a model, for people to accept: no build reads what is written here."""
