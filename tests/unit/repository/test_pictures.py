"""What pictures show is what the program says."""

from scripts.terminal_picture import PICTURE, render_picture


def test_the_terminal_of_the_readme_shows_what_is_said_today() -> None:
    assert PICTURE.read_text(encoding="utf-8") == render_picture(), "`make picture` draws it anew"


def test_a_picture_fetches_nothing() -> None:
    picture = PICTURE.read_text(encoding="utf-8")
    assert [each for each in picture.split('"') if "://" in each] == ["http://www.w3.org/2000/svg"]
    assert "url(" not in picture
