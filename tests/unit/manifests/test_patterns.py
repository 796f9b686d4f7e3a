import pytest

from gitpod_sync.errors import ConfigError
from gitpod_sync.manifests.policy import DEFAULT_POLICY
from gitpod_sync.manifests.selection.patterns import compile_patterns


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.yaml", "web.yaml", True),
        ("*.yaml", "apps/shop/web.yaml", True),
        ("/*.yaml", "apps/web.yaml", False),
        ("apps/*.yaml", "apps/web.yaml", True),
        ("apps/*.yaml", "apps/shop/web.yaml", False),
        ("apps/*", "apps/shop/web.yaml", False),
        ("apps/**", "apps/shop/web.yaml", True),
        ("apps/**/web.yaml", "apps/web.yaml", True),
        ("apps/**/web.yaml", "apps/a/b/web.yaml", True),
        ("**/web.yaml", "web.yaml", True),
        ("vendor", "apps/vendor/a.yaml", True),
        ("vendor/", "vendor/a.yaml", True),
        ("vendor/", "apps/vendor", False),
        ("vendor", "vendored/a.yaml", False),
        ("web-?.yaml", "web-1.yaml", True),
        ("web-[0-9].yaml", "web-x.yaml", False),
        ("web-[!0-9].yaml", "web-x.yaml", True),
        ("a**b.yaml", "a/b.yaml", False),
        ("*.YAML", "web.yaml", True),
        ("a.b", "axb", False),
        ("*/", "apps/web.yaml", True),
        ("*/", "web.yaml", False),
        ("vendor//", "vendor/a.yaml", True),
        ("web-[^0-9].yaml", "web-x.yaml", True),
        ("web-[]x].yaml", "web-].yaml", True),
        ("#web.yaml", "#web.yaml", True),
        (" web.yaml ", "web.yaml", True),
        (r"\*.yaml", "a.yaml", False),
        (r"\*.yaml", "*.yaml", True),
    ],
)
def test_a_pattern_matches_as_in_gitignore(pattern: str, path: str, matches: bool) -> None:
    assert compile_patterns((pattern,)).takes(path) is matches


@pytest.mark.parametrize("pattern", ["", " ", "/", "!a", "a\\", "[z-a]", "web-[0", "a[/]b", "../a", "a/../b"])
def test_a_pattern_that_can_match_nothing_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(ConfigError) as refused:
        compile_patterns(("*.yaml",), (pattern,))
    assert repr(pattern) in refused.value.message
    assert refused.value.remedy


def test_what_is_excluded_is_not_taken_though_it_is_included() -> None:
    choice = compile_patterns(("**/*.yaml",), ("charts/", "*-test.yaml"))
    paths = ["a.yaml", "charts/a.yaml", "apps/a-test.yaml", "apps/charts.yaml"]
    assert [path for path in paths if choice.takes(path)] == ["a.yaml", "apps/charts.yaml"]


def test_what_is_hidden_stays_hidden_until_a_pattern_names_it() -> None:
    paths = (".deploy/a.yaml", "apps/.a.yaml", "a.yaml")
    assert [compile_patterns(DEFAULT_POLICY.include).hides(path) for path in paths] == [True, True, False]
    choice = compile_patterns(("*.yaml", ".deploy/**"))
    assert [choice.hides(path) for path in paths] == [False, True, False]
