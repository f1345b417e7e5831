"""`python -m validator` is `registry`."""

from validator.cli import main

main()
