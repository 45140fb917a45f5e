"""`python -m connector` is the command."""

from connector.cli import main

main()
