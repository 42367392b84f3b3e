"""Files, cores, memory, backend, devices: what knows nothing of benchmarks."""
