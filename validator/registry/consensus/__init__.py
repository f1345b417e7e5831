"""The phase of the fleet on the way to consensus: pure functions of main."""
