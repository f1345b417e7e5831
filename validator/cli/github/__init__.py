"""`registry github VERB`."""
