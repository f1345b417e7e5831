"""All that runs Git. What a claim means is not known here."""
