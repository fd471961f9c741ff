"""Kept so that the floor above finds trajectories by the side of the questions asked of them."""

from polemos.model.trajectory import Battles, Captures, Trajectories, record_trajectory

__all__ = ["Battles", "Captures", "Trajectories", "record_trajectory"]
