"""What would go wrong before it goes wrong: a list of checks over one case."""
