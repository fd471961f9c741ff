"""The courses that a war may take: its simulated wars in a few groups that go alike."""
