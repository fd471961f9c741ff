"""A war as a user works with it: its record, questions and argument, and a simulation with the answers."""
