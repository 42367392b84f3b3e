"""Statistics, verdicts and the grouping of records."""
