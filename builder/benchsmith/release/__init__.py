"""A release in memory: its entries, hidden splits, columns, export and differences."""
