"""Workbook and summaries; the one place that writes Excel."""
