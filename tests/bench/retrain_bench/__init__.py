"""Seconds and memory of a training; see ../README.md."""
