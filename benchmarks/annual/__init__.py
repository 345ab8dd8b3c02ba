"""The year on plain arrays: instances of `data/annual`, peers, an evaluator of its own."""
