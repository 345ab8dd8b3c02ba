"""The world: tables, attributes, checks, calendar, coordinates (geopandas only here at the edge)."""
