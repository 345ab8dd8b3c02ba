"""Geospatial, risk-tiered inspection scheduling."""
