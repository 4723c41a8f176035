"""Linking in bulk: Splink on DuckDB, from Arrow to Arrow. Nothing here touches PostgreSQL."""

from moothall.customers.matching.bulk.linking import Linked, link, link_all
from moothall.customers.matching.bulk.tables import people_table
from moothall.customers.matching.bulk.training import TooLittle, Training, train

__all__ = ["Linked", "TooLittle", "Training", "link", "link_all", "people_table", "train"]
