"""What was said: the claims of an argument."""
