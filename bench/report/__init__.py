"""The report: one self-contained page, and the same figures as files, from records alone."""
