"""Figures: pure functions of records and pictures, drawn by matplotlib."""
