"""shapes100: 100 synthetic classes."""
