"""sectag's speed beside that of its peers; run by tests/bench/speed."""
