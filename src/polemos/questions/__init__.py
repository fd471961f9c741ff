"""Questions asked of trajectories; the record is a trajectory with one member."""
