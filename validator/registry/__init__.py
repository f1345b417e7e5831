"""The registry at one commit, and what is computed from it. Verdicts are made in `operations/`, from `rules/`."""
