"""What can be done to a registry, without a terminal."""
