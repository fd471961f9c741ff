"""The what-if page: levers made from a scenario, paired runs as they come, and the server of one page."""
