"""A plug-in for the benchmark: nearest neighbours, and a network on thumbnails."""
