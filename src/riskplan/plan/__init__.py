"""The answer: plan tables, manifest, reading and atomic writing."""
