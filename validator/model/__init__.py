"""Values that all other rooms use, and functions on text. Nothing here reads, writes or runs anything."""
