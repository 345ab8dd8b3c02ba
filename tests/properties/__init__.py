"""Properties that hold for every input, and oracles that know the right answer of tiny ones."""
