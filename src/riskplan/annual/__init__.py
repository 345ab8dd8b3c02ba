"""The year plan: arrays, pricing, dual, primal, certificate, explanations."""
