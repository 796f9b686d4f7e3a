from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.load import DocumentCache, load_revision, load_revisions
from gitpod_sync.manifests.policy import Policy
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.pods.configs import Namespace
from gitpod_sync.model.pods.pod import Container, EmptyDir, Protocol, RestartPolicy, Volume
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.model.workloads.workloads import Pod, ReplicationController

RevisionOf = Callable[..., Revision]

POD = """apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: main
    image: busybox
"""


def only_pod(revision: Revision) -> Pod:
    loaded = load_revision(revision)
    assert loaded.desired is not None, loaded.diagnostics
    (pod,) = loaded.desired.workloads.values()
    assert isinstance(pod, Pod)
    return pod


def test_objects_are_keyed_and_sorted_and_the_commit_is_named(revision_of: RevisionOf) -> None:
    namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, namespace: odd}\n"
    files = {"b.yaml": POD.replace("web", "b"), "a.yaml": POD.replace("web", "c"), "n.yaml": namespace}
    loaded = load_revision(revision_of(files, commit="f" * 40))
    assert loaded.desired is not None
    assert list(loaded.desired.workloads) == [Key("Pod", "default", "b"), Key("Pod", "default", "c")]
    assert isinstance(loaded.desired.configs[Key("Namespace", "", "shop")], Namespace)
    assert (loaded.desired.commit, len(loaded.seen)) == ("f" * 40, 3)


def test_empty_values_of_a_pod_are_its_defaults(revision_of: RevisionOf) -> None:
    text = POD + '    command: []\n    imagePullPolicy: ""\n    ports: [{containerPort: 80, protocol: ""}]\n'
    pod = only_pod(revision_of({"pod.yaml": text + '  restartPolicy: ""\n  volumes: [{name: a}]\n'}))
    (container,) = pod.spec.containers
    assert container == replace(Container("main", "busybox"), ports=container.ports)
    assert container.ports[0].protocol is Protocol.TCP
    assert pod.spec.restart_policy is RestartPolicy.ALWAYS
    assert pod.spec.volumes == (Volume("a", empty_dir=EmptyDir()),)


def test_a_shared_anchor_loses_nothing_where_it_has_meaning(revision_of: RevisionOf) -> None:
    text = """apiVersion: v1
kind: ReplicationController
metadata: &meta {name: web, labels: {app: web}}
spec:
  template:
    metadata: *meta
    spec: {containers: [{name: main, image: busybox}]}
"""
    loaded = load_revision(revision_of({"rc.yaml": text}))
    assert loaded.desired is not None
    (controller,) = loaded.desired.workloads.values()
    assert isinstance(controller, ReplicationController)
    assert (controller.metadata.name, controller.spec.template.metadata.name) == ("web", "")
    assert controller.spec.selector == LabelSelector(match_labels={"app": "web"})


def test_sources_are_loaded_together_and_named_in_diagnostics(revision_of: RevisionOf) -> None:
    one = revision_of({"web.yaml": POD}, source="one", commit="a" * 40)
    two = revision_of({"web.yaml": POD.replace("web", "other")}, source="two", commit="b" * 40)
    loaded = load_revisions([one, two])
    assert loaded.desired is not None
    assert loaded.desired.commit == f"{'a' * 12}+{'b' * 12}"
    twice = load_revisions([one, replace(one, source="two")])
    assert twice.desired is None
    assert [(each.file, each.code) for each in twice.diagnostics] == [("two/web.yaml", "duplicate-object")]
    assert "one/web.yaml:3" in twice.diagnostics[0].message


def test_an_error_in_one_file_leaves_nothing_desired(revision_of: RevisionOf) -> None:
    loaded = load_revision(revision_of({"good.yaml": POD, "bad.yaml": "a: ["}))
    assert loaded.desired is None
    assert [each.object for each in loaded.seen] == [Key("Pod", "default", "web")]


def test_warnings_and_notes_fail_nothing(revision_of: RevisionOf) -> None:
    pod = POD + "    env: [{name: A}, {name: A}]\nstatus: {phase: Running}\n"
    loaded = load_revision(revision_of({"pod.yaml": pod}))
    assert loaded.desired is not None
    assert [each.severity for each in loaded.diagnostics] == [Severity.WARNING, Severity.NOTE]


def test_entries_that_were_not_followed_are_noted(revision_of: RevisionOf) -> None:
    revision = replace(revision_of({"pod.yaml": POD}), skipped={"link.yaml": "a symbolic link"})
    (note,) = load_revision(revision).diagnostics
    assert (note.severity, note.file, note.code) == (Severity.NOTE, "link.yaml", "skipped")
    assert "a symbolic link" in note.message


def test_an_unchanged_file_is_not_read_again(revision_of: RevisionOf) -> None:
    cache = DocumentCache()
    first = load_revision(revision_of({"a.yaml": POD, "b.yaml": POD.replace("web", "b")}), cache)
    # The blob names the content: a wrong content under a known blob shows whether it is read.
    changed = revision_of({"a.yaml": POD, "b.yaml": POD.replace("web", "c")})
    files: Mapping[str, SourceFile] = {**changed.files, "a.yaml": replace(changed.files["a.yaml"], content=b"a: [")}
    second = load_revision(replace(changed, files=files), cache)
    assert first.desired is not None
    assert second.desired is not None
    assert [key.name for key in second.desired.workloads] == ["c", "web"]


def test_a_file_that_came_back_changed_is_read_anew(revision_of: RevisionOf) -> None:
    cache = DocumentCache()
    load_revision(revision_of({"a.yaml": POD}), cache)
    load_revision(revision_of({}), cache)
    loaded = load_revision(revision_of({"a.yaml": POD.replace("busybox", "Not An Image")}), cache)
    assert loaded.desired is None


def test_a_value_of_a_secret_that_slipped_into_a_key_is_not_repeated(revision_of: RevisionOf) -> None:
    head = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
    text = head + "stringData:\n  my hunter2!: x\n  my hunter2!: y\nmy hunter2!: z\n"
    loaded = load_revision(revision_of({"a.yaml": text}))
    assert [each.code for each in loaded.diagnostics] == ["wrong-format", "duplicate-key", "unknown-field"]
    assert not [each for each in loaded.diagnostics if "hunter2" in str(each) + each.hint]


FROZEN = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nimmutable: true\ndata: {a: b}\n"


def test_what_cannot_change_is_held_against_the_previous_state(revision_of: RevisionOf) -> None:
    before = revision_of({"a.yaml": FROZEN, "pod.yaml": POD})
    after = revision_of({"b.yaml": FROZEN.replace("a: b", "a: c"), "pod.yaml": POD})
    assert load_revisions([after]).desired is not None
    loaded = load_revisions([after], previous=[before])
    assert loaded.desired is None
    assert [(each.file, each.line, each.code) for each in loaded.diagnostics] == [("b.yaml", 5, "immutable-field")]
    assert "a.yaml:5" in loaded.diagnostics[0].message


def test_the_previous_state_is_read_from_the_cache_and_forgotten_when_it_is_not_asked_for_again(
    revision_of: RevisionOf,
) -> None:
    cache = DocumentCache()
    before = revision_of({"a.yaml": FROZEN})
    load_revisions([before], cache)
    # The blob names the content: a wrong content under a known blob shows whether it is read.
    unread = replace(before, files={"a.yaml": replace(before.files["a.yaml"], content=b"a: [")})
    after = revision_of({"a.yaml": FROZEN.replace("a: b", "a: c")})
    assert [each.code for each in load_revisions([after], cache, previous=[unread]).diagnostics] == ["immutable-field"]
    cache.forget_unused()
    assert not load_revisions([after], cache, previous=[after]).diagnostics
    cache.forget_unused()
    assert load_revisions([unread], cache).desired is None


def test_a_missing_object_is_an_error_when_the_policy_is_strict(revision_of: RevisionOf) -> None:
    text = POD + "    envFrom: [{configMapRef: {name: config}}]\n"
    for strict, severity in ((False, Severity.WARNING), (True, Severity.ERROR)):
        loaded = load_revision(revision_of({"a.yaml": text}), policy=Policy(strict=strict))
        assert severity in {each.severity for each in loaded.diagnostics if each.code == "unknown-object"}


def test_a_generated_name_stays_until_the_object_changes(revision_of: RevisionOf) -> None:
    def name(image: str) -> str:
        text = POD.replace("name: web", "generateName: web-", 1).replace("image: busybox", f"image: {image}")
        return only_pod(revision_of({"a.yaml": text})).metadata.name

    assert name("web:1").startswith("web-")
    assert name("web:1") == name("web:1")
    assert name("web:1") != name("web:2")


@pytest.mark.parametrize(
    ("mounted", "is_told"), [("/srv/state", True), ("/srv/state/x", True), ("/srv", True), ("/srv/states", False)]
)
def test_a_pod_that_mounts_the_state_directory_of_the_configuration_is_warned_of(
    mounted: str, is_told: bool, revision_of: RevisionOf
) -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: one, image: one}]\n"
        f"  volumes: [{{name: v, hostPath: {{path: {mounted}}}}}]\n"
    )
    loaded = load_revision(revision_of({"a.yaml": pod}), policy=Policy(state_dir="/srv/state"))
    assert [each.code for each in loaded.diagnostics] == ["host-access"] * is_told
