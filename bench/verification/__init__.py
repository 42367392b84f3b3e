"""Everything derived again from the records."""
