"""The records of consensus: making them, and delivering the registry to every session."""
