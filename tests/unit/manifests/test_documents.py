import time
from typing import Any

import pytest

from gitpod_sync.manifests.yaml.documents import Reading, read_documents
from gitpod_sync.manifests.yaml.limits import DEFAULT_LIMITS, Limits
from gitpod_sync.manifests.yaml.text import Flaw, read_text


def read(text: str, limits: Limits = DEFAULT_LIMITS) -> Reading:
    readable = read_text(text.encode(), limits)
    assert isinstance(readable, str), readable
    return read_documents(readable, limits)


def values(text: str) -> list[Any]:
    reading = read(text)
    assert not reading.flaws, reading.flaws
    return [document.value for document in reading.documents]


def codes(text: str, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    return [flaw.code for flaw in read(text, limits).flaws]


def test_empty_documents_are_left_out() -> None:
    assert values("# nothing\n---\n---\na: 1\n...\n---\n# nothing\n") == [{"a": 1}]


def test_null_in_a_mapping_is_as_good_as_absent_and_in_a_list_it_stays() -> None:
    assert values("a: null\nb: ~\nc:\nd: [~]\n") == [{"d": [None]}]


def test_a_byte_order_mark_is_tolerated() -> None:
    assert values("\ufeffa: 1\n") == [{"a": 1}]


def test_a_block_at_the_end_of_a_file_without_newline_ends_in_one() -> None:
    assert values("a: |\n  text") == [{"a": "text\n"}]


def test_escaped_single_quotes_are_read_only_inside_double_quotes() -> None:
    text = "a: \"it\\'s\"\nb: it\\'s\nc: |\n  it\\'s\nd: \"\\\\' \\\" \\'\"\n"
    assert values(text) == [{"a": "it's", "b": "it\\'s", "c": "it\\'s\n", "d": "\\' \" '"}]


def test_surrogate_pairs_of_json_are_read() -> None:
    assert values('{"a": "\\ud83d\\ude00 \\u00e9 \\/"}') == [{"a": "😀 é /"}]


def test_mended_escapes_move_no_place_behind_them() -> None:
    text = '{"a": "it\\\'s \\ud83d\\ude00", "b": 1}\n'
    (document,) = read(text).documents
    assert document.locate(("b",)).column == text.index("1")


def test_json_may_be_indented_with_tabs() -> None:
    assert values('{\n\t"a":\t[1]\n}') == [{"a": [1]}]


def test_keys_become_text_and_are_told_when_they_change() -> None:
    reading = read("8080: a\ntrue: b\ny: c\n1.50: d\n")
    assert reading.documents[0].value == {"8080": "a", "true": "b", "1.5": "d"}
    assert [flaw.code for flaw in reading.flaws] == ["key-read-otherwise", "duplicate-key", "key-read-otherwise"]


def test_merge_keys_yield_to_written_keys_and_to_earlier_merges() -> None:
    text = "x: &x {a: 1, b: 1}\nw: &w {b: 2, c: 2}\nz:\n  <<: [*x, *w]\n  a: 3\n"
    assert values(text)[0]["z"] == {"a": 3, "b": 1, "c": 2}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert values('"<<": {a: 1}\n') == [{"<<": {"a": 1}}]


def test_tags_of_yaml_itself_are_honoured_and_others_are_not() -> None:
    assert values('a: !!str 5\nb: !!int "5"\nc: ! x\nd: !!map {}\n') == [{"a": "5", "b": 5, "c": "x", "d": {}}]
    assert codes("a: !!python/object:os.system x\nb: !vault [1]\n") == ["unknown-tag", "unknown-tag"]


def test_a_syntax_error_keeps_the_documents_before_it() -> None:
    reading = read("a: 1\n---\nb: c: d\n")
    assert [document.value for document in reading.documents] == [{"a": 1}]
    assert [(flaw.code, flaw.line, flaw.column) for flaw in reading.flaws] == [("yaml-syntax", 3, 5)]


@pytest.mark.parametrize("depth", [101, 20_000])
def test_a_collection_within_more_than_the_allowed_others_is_refused(depth: int) -> None:
    assert values("[" * 100 + "]" * 100)
    assert codes("[" * depth + "]" * depth) == ["too-deep"]


def test_an_alias_bomb_is_refused_at_once() -> None:
    levels = [f"&l{n} [{', '.join([f'*l{n - 1}'] * 50)}]" for n in range(1, 50)]
    text = "- &l0 [x]\n" + "".join(f"- {level}\n" for level in levels)
    started = time.monotonic()
    assert codes(text) == ["alias-bomb"]
    assert time.monotonic() - started < 5


def test_a_merge_bomb_is_refused() -> None:
    keys = ", ".join(f"k{n}: 1" for n in range(1000))
    text = f"a: &a {{{keys}}}\nb:\n" + "- {<<: *a}\n" * 100
    assert codes(text) == ["alias-bomb"]


def test_an_anchor_cannot_hold_itself() -> None:
    assert codes("a: &a [*a]\n") == ["unknown-alias"]


def test_a_file_over_the_size_limit_is_not_read() -> None:
    flaw = read_text(b"a" * 101, Limits(file_bytes=100))
    assert isinstance(flaw, Flaw)
    assert (flaw.code, flaw.line) == ("file-too-large", 0)


def test_places_point_at_values_and_keys() -> None:
    (document,) = read("a:\n  b:\n  - c: 1\n  - d:\n").documents
    key, value = document.locate(("a", "b", 0, "c"), on_key=True), document.locate(("a", "b", 0, "c"))
    assert [(mark.line, mark.column) for mark in (key, value)] == [(2, 4), (2, 7)]


def test_the_place_of_what_is_missing_is_the_last_on_the_way_to_it() -> None:
    (document,) = read("a:\n  b:\n  - c: 1\n  - d:\n").documents
    missing, null = document.locate(("a", "b", 1, "x", "y")), document.locate(("a", "b", 1, "d"))
    assert [(mark.line, mark.column) for mark in (missing, null)] == [(3, 4), (3, 6)]


def test_a_merged_value_is_placed_where_it_is_written() -> None:
    (document,) = read("a: &a {x: 1}\nb:\n  <<: *a\n").documents
    assert document.locate(("b", "x")).line == 0


def test_every_surrogate_pair_of_a_json_file_is_read_at_once() -> None:
    text = "[" + ", ".join(['"\\ud83d\\ude00 \\\\ud83d"'] * 5_000) + "]"
    assert values(text) == [["😀 \\ud83d"] * 5_000]


def test_json_texts_may_follow_each_other_and_keep_their_places() -> None:
    reading = read('{"a": 1}\n{"b": 2} {"c":\n 3}\n')
    assert [document.value for document in reading.documents] == [{"a": 1}, {"b": 2}, {"c": 3}]
    places = [document.locate((key,)) for document, key in zip(reading.documents, "abc", strict=True)]
    assert [(mark.line, mark.column) for mark in places] == [(0, 6), (1, 6), (2, 1)]
    assert codes('{"a": 1}\n[1]\n') == ["yaml-syntax"]


def test_what_a_file_holds_in_all_is_bounded() -> None:
    limits = Limits(nodes=100)
    assert codes("- a\n" * 200, limits) == ["too-many-values"]
    assert codes("---\na: &a [x, x, x]\nb: [*a, *a, *a]\n" * 20, limits) == ["too-many-values"]
    assert codes("---\na: 1\n" * 20, limits) == []


def test_a_file_in_which_much_is_wrong_is_not_read_to_its_end() -> None:
    assert codes("- !x y\n" * 5_000) == ["unknown-tag"] * 100 + ["too-many-flaws"]


def test_values_that_were_dropped_leave_no_places_behind() -> None:
    (document,) = read("? {a: b}\n: [c]\nd: 1\nd: [e]\nf: [g]\n").documents
    assert document.value == {"d": 1, "f": ["g"]}
    assert document.locate(("f", 0)).line == 4


def test_how_a_value_was_written_is_known_without_quotes_tags_and_anchors() -> None:
    (document,) = read("a: 0o17\nb: [yes, 1_000]\nc: !!int '5'\nd: &x 7\n").documents
    assert [document.written_at(path) for path in (("a",), ("b", 0), ("b", 1))] == ["0o17", "yes", "1_000"]
    assert [document.written_at((key,)) for key in "cd"] == ["", ""]
