"""How fast this machine is: the reduced model against other tools, the full model, and large maps."""
