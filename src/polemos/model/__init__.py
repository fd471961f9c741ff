"""Why a war changes: its state, its processes, and addressed randomness."""
