"""Which logins of pull secrets count for an image: the table of Kubernetes' own rule."""

import base64
import json
from collections.abc import Mapping

import pytest

from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.pods.configs import Secret
from gitpod_sync.model.pods.registry_login import (
    JSON_TYPE,
    OLD_TYPE,
    PULL_SECRETS,
    Login,
    UnusableSecretError,
    find_logins,
)


def secret(entries: Mapping[str, object], kind: str = JSON_TYPE, name: str = "login") -> Secret:
    content = json.dumps({"auths": dict(entries)} if kind == JSON_TYPE else dict(entries))
    return Secret(ObjectMeta(name=name), kind, string_data={PULL_SECRETS[kind]: content})


def entry(user: str) -> object:
    return {"username": user, "password": "p"}


def names(image: str, *secrets: Secret) -> list[str]:
    return [login.username for login in find_logins(image, secrets)]


@pytest.mark.parametrize(
    ("registry", "image", "counts"),
    [
        ("registry.test", "registry.test/app:1", True),
        ("https://registry.test", "registry.test/app:1", True),
        ("http://registry.test/v2/", "registry.test/app", True),
        ("https://registry.test/v1/team", "registry.test/team/app", True),
        ("registry.test", "registry.test:5000/app", False),
        ("registry.test:5000", "registry.test:5000/app@sha256:00", True),
        ("*.test", "registry.test/app", True),
        ("*.test", "one.registry.test/app", False),
        ("*.*.test", "one.registry.test/app", True),
        ("reg*.test", "registry.test/app", True),
        ("*.test:5000", "registry.test/app", False),
        ("registry.test/team", "registry.test/team/app", True),
        ("registry.test/team", "registry.test/other/app", False),
        ("registry.test", "app", False),
        ("https://index.docker.io/v1/", "app:1", True),
        ("https://index.docker.io/v1/", "team/app:1", True),
        ("docker.io", "app", True),
        ("https://index.docker.io/v1/", "localhost/app", False),
        ("https://index.docker.io/v1/", "registry.test/app", False),
    ],
)
def test_an_entry_counts_by_host_port_and_the_beginning_of_the_path(registry: str, image: str, counts: bool) -> None:
    assert names(image, secret({registry: entry("me")})) == (["me"] if counts else [])


def test_more_telling_entries_come_first_and_then_the_order_of_the_secrets() -> None:
    one = secret({"registry.test": entry("host"), "registry.test/team": entry("team")})
    other = secret({"registry.test": entry("other"), "*.test": entry("any")}, name="other")
    assert names("registry.test/team/app", one, other) == ["team", "host", "other", "any"]


def test_the_old_form_has_the_same_entries_without_the_frame() -> None:
    assert names("registry.test/app", secret({"registry.test": entry("me")}, OLD_TYPE)) == ["me"]


def test_auth_wins_over_the_two_fields() -> None:
    said = base64.b64encode(b"inside:pass:word").decode().rstrip("=")
    (login,) = find_logins("r.test/a", [secret({"r.test": {"auth": said, "username": "x", "password": "y"}})])
    assert (login.username, login.password) == ("inside", "pass:word")


def test_an_entry_without_a_login_is_none() -> None:
    assert find_logins("r.test/a", [secret({"r.test": {}})]) == ()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"auths": []}', '{"auths": {"r.test": {"auth": "!"}}}', "null"])
def test_a_secret_that_cannot_be_read_says_so_without_its_content(content: str) -> None:
    unusable = Secret(ObjectMeta(name="login"), JSON_TYPE, string_data={".dockerconfigjson": content})
    with pytest.raises(UnusableSecretError, match="Secret default/login holds no logins") as told:
        find_logins("r.test/a", [unusable])
    assert told.value.__cause__ is None


def test_a_secret_of_another_type_holds_no_logins() -> None:
    opaque = Secret(ObjectMeta(name="login"), string_data={".dockerconfigjson": "{}"})
    with pytest.raises(UnusableSecretError, match="of the type Opaque"):
        find_logins("r.test/a", [opaque])


def test_a_login_prints_nothing_of_itself() -> None:
    assert repr(Login("me", "p", "Secret default/login")) == "Login(origin='Secret default/login')"
