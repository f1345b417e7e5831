"""Saying the records of consensus, and bringing them to every session."""
