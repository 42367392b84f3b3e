"""Ablations: what the report leaves open, settled by runs that differ in one thing at a time."""
