"""Learning curves of a simulated analyst; see ../README.md."""
