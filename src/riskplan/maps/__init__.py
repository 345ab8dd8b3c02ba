"""Offline maps: own folium layers, assets inside the file, escaping in one place."""
