"""The registry at one commit, and what is computed from it. The verdict is not: see rules and operations."""
