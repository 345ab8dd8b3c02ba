"""Intensity, score, tier, frequency."""
