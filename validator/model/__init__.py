"""Values and words: what everybody else speaks of. Nothing here reads, writes or runs anything."""
