"""Ways of choosing among targets."""
