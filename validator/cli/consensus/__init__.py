"""`registry consensus VERB`."""
