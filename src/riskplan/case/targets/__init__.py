"""Where a case may be written to, one module each; ``case/write.py`` is the door."""
