"""Files for spreadsheets: what somebody wrote never runs there, and figures stay figures."""

from __future__ import annotations

import csv
import io

import pytest

from moothall.core.sheets import csv_line, csv_lines


@pytest.mark.parametrize(
    "written", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-", "- late", "+44 7700 900123"]
)
def test_what_a_spreadsheet_would_run_is_text(written):
    (read,) = csv.reader(io.StringIO(csv_line([written]), newline=""))
    assert read == [f"'{written}"]


@pytest.mark.parametrize("written", ["-12.50", "+3", "-1,200.00", "bins", "", "1=1", 'a "quote", and a comma', "é"])
def test_figures_and_plain_words_stay_as_they_are(written):
    (read,) = csv.reader(io.StringIO(csv_line([written]), newline=""))
    assert read == [written]


def test_a_file_is_its_head_and_its_rows():
    assert "".join(csv_lines(("a", "b"), [(1, None), ("x\ny", -2)])) == 'a,b\r\n1,\r\n"x\ny",-2\r\n'
