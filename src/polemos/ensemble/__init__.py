"""Many members of a war: settings, plan, execution, and results on disk."""
