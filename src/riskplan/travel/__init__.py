"""Travel times behind one protocol."""
