"""What one session is told: the facts about it, and the one next step that follows from them."""
