"""What a user writes: the files of a scenario, their schema and their checks."""
