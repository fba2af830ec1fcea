"""How any door answers, and who may."""
