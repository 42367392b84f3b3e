"""Experiment trackers: optional pages to follow and compare runs on; the records stay the truth."""
