"""A war watched month after month: refreshed, forecast, registered before the outcome, resolved after it."""
