import pytest

from moothall.core.lists import say_all


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (("a", "b", "c", "d"), "a, b, c and d")]
)
def test_things_are_said_one_after_the_other(words: list[str], said: str) -> None:
    assert say_all(words) == said
