"""A war as a user holds it: its record, questions and argument, and a simulation of it with the answers."""
