import pytest

from gitpod_sync.manifests.schema.schemas import bundled_schema
from gitpod_sync.manifests.yaml.documents import Json, read_documents
from gitpod_sync.manifests.yaml.limits import DEFAULT_LIMITS
from gitpod_sync.manifests.yaml.nulls import with_nulls


def read(kind: str, text: str) -> Json:
    (document,) = read_documents(text, DEFAULT_LIMITS).documents
    return with_nulls(document.value, document.places, bundled_schema(kind))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("metadata:", {}),
        ("data: {a: , b: c}", {"data": {"a": "", "b": "c"}}),
        ("metadata: {labels: {tier: ~}, namespace: null}", {"metadata": {"labels": {"tier": ""}}}),
        ("{dada: , metadata: {lables: }}", {"dada": None, "metadata": {"lables": None}}),
        (
            "{metadata: &m {name: a, annotations: {b: }}, data: {<<: {c: }, d: e}}",
            {"metadata": {"name": "a", "annotations": {"b": ""}}, "data": {"d": "e"}},
        ),
    ],
    ids=[
        "a field is absent",
        "an entry of texts is empty",
        "labels are texts",
        "an unknown field stays",
        "merged ones",
    ],
)
def test_a_null_means_what_it_means_to_kubernetes(written: str, meant: Json) -> None:
    assert read("ConfigMap", written) == meant


def test_a_document_knows_whether_it_has_nulls() -> None:
    for text, has_nulls in (("a: [~]", False), ("a: {b: }", True)):
        (document,) = read_documents(text, DEFAULT_LIMITS).documents
        assert document.has_nulls is has_nulls


def test_a_null_of_a_resource_is_absent_and_one_in_a_list_stays() -> None:
    written = "spec: {containers: [~, {args: [~], resources: {limits: {cpu: }}}]}"
    assert read("Pod", written) == {"spec": {"containers": [None, {"args": [None], "resources": {"limits": {}}}]}}
