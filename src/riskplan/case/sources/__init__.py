"""Where a case may come from: a folder, a workbook, a GeoPackage, a database. One module each, one door."""

from riskplan.case.sources.door import open_source

__all__ = ["open_source"]
