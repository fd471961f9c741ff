"""From an article to the draft of an argument."""
