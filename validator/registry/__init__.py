"""The registry at one commit, and what follows from it. No verdict is passed here."""
