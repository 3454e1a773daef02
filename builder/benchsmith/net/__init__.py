"""HTTP with limits: how much a server may send, for how long, and from which addresses."""
