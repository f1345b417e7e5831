"""How far the fleet is on the way to consensus: pure functions of main that anybody can compute."""
