"""The report says in a table what its picture shows, of every level compared."""

from xml.etree import ElementTree

from moothall.customers.matching.rules import starting_model
from moothall.customers.matching.rules.report import quality_table, report_page, weights_chart, weights_table


def test_every_weight_is_drawn_and_tabled() -> None:
    model = starting_model()
    levels = sum(len(field.levels) for field in model.compared())
    picture = ElementTree.fromstring(weights_chart(model))
    bars = picture.findall("{http://www.w3.org/2000/svg}rect")
    assert len(bars) == levels
    assert all(0 <= float(bar.get("x", "-1")) <= 720 and float(bar.get("width", "0")) > 0 for bar in bars)
    table = ElementTree.fromstring(weights_table(model))
    rows = table.findall("./tbody/tr")
    assert len(rows) == levels
    drawn = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert all(row.findall("td")[-1].text in drawn for row in rows)


def test_bars_point_where_the_weight_does() -> None:
    model = starting_model()
    picture = weights_chart(model)
    positive = sum(model.weight(field.name, level.name) >= 0 for field in model.compared() for level in field.levels)
    assert picture.count('fill="#00703c"') == positive
    assert "style=" not in picture
    assert "<script" not in picture


def test_the_report_says_how_well_records_are_filled_in() -> None:
    assert "<th scope='row'>Date of birth</th><td>55.0%</td>" in quality_table({"dob": 0.55})
    page = report_page(starting_model(), {"dob": 0.55}, 1234)
    assert "What linking learnt from 1,234 records" in page
    assert "-19.9 bits" in page
