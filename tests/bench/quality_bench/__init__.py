"""Trains and scores sectag and its peers on the same folds; see ../README.md."""
