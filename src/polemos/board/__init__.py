"""The board: one protocol, the same cases for everybody, and skill over the best simple rule of each war and lead."""
