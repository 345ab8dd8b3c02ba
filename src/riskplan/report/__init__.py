"""Workbook and summaries; the one place that writes Excel."""

from riskplan.report.lines import demand_lines, summary_lines
from riskplan.report.workbook import write_workbook

__all__ = ["demand_lines", "summary_lines", "write_workbook"]
