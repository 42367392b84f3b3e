"""What a run trains on and is scored on."""
