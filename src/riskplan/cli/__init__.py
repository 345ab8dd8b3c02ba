"""One thin command per verb."""
