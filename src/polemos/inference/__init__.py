"""What the record and experiments with the model say about its parameters and theories."""
