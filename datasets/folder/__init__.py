"""A folder of class folders."""
