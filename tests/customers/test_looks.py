"""Whoever shows a person writes down that she was looked at."""

import ast
from pathlib import Path

SHOWING = {"customer_card", "single_view"}
FINDING = {"find_customers", "customers_at", "customers_with_ids", "organisations_like", "search_box", "alike"}
ROOT = Path(__file__).resolve().parents[2] / "moothall" / "interfaces"


def test_every_screen_module_that_reads_a_persons_record_also_logs_the_look():
    silent, showing = [], 0
    for path in ROOT.rglob("*.py"):
        called = {
            node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
        }
        showing += bool(called & SHOWING)
        if called & SHOWING and "log_look" not in called:
            silent.append(str(path.relative_to(ROOT)))
    assert showing >= 2, "No screen shows a person: this test looks in the wrong place."
    assert not silent, "These read a person's record and log no look: " + ", ".join(silent)


def test_every_screen_module_that_lists_people_to_choose_from_logs_whom_it_showed():
    silent, listing = [], 0
    for path in ROOT.rglob("*.py"):
        if "cli" in path.relative_to(ROOT).parts:
            continue
        called = {
            node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
        }
        listing += bool(called & FINDING)
        if called & FINDING and "log_shown" not in called:
            silent.append(str(path.relative_to(ROOT)))
    assert listing >= 5, "No screen lists people: this test looks in the wrong place."
    assert not silent, "These list people and write down nobody: " + ", ".join(silent)
