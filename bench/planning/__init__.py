"""What a run is, and which runs a request asks for."""
