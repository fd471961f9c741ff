"""What happened: who held what, and when."""
