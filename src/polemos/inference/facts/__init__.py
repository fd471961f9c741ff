"""Facts of a war that the model should reproduce without being fitted to them."""
