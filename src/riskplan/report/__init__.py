"""Workbook and summaries; the one place that writes Excel."""

from riskplan.report.lines import summary_lines
from riskplan.report.workbook import write_workbook

__all__ = ["summary_lines", "write_workbook"]
