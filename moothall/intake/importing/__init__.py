"""Another system's requests become contacts, cases and promises here, by a mapping that is data."""

from moothall.intake.importing.building import Builder, Built, Refusal
from moothall.intake.importing.mapping import MappingProblem, RequestsMapping, read_mapping
from moothall.intake.importing.reading import CannotReadFile, RawRow, check_whole, find_columns, headings, rows_of
from moothall.intake.importing.requests import Tally, import_requests

__all__ = [
    "Builder",
    "Built",
    "CannotReadFile",
    "MappingProblem",
    "RawRow",
    "Refusal",
    "RequestsMapping",
    "Tally",
    "check_whole",
    "find_columns",
    "headings",
    "import_requests",
    "read_mapping",
    "rows_of",
]
