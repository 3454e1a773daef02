"""Steps of selection: each works on columns of candidates."""
