"""Claim a number: read the request (goal, message), look at the registry, decide, and push the proposal."""
