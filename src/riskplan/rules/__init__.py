"""The law as rows: rulebook, limits, support table, packs, capacity formula."""
