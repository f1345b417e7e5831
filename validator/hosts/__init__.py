"""Where a registry lives, and who asks there."""
