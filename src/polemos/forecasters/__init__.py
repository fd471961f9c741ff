"""The forecasters: simple rules, learnt models, and the simulated war as one of them."""
