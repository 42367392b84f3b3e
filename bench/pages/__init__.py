"""Sections as pages, one module a format."""
