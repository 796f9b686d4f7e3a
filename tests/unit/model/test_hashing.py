"""Texts and hashes of templates: computed once, and kept for no longer than the template."""

import gc
from weakref import ref

from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.pods.hashing import template_from_label, template_hash, template_text
from gitpod_sync.model.pods.pod import Container, PodSpec, PodTemplate
from gitpod_sync.model.workloads.workloads import Pod


def template(image: str = "web:1") -> PodTemplate:
    return PodTemplate(PodSpec((Container("main", image),)))


def test_a_text_is_written_once_and_reads_as_the_same_template() -> None:
    made = template()
    assert template_text(made) is template_text(made)
    assert template_from_label(template_text(made)) == made
    assert template_hash(made) == template_hash(template()) != template_hash(template("web:2"))


def test_nothing_is_kept_of_a_template_that_nobody_has_any_more() -> None:
    made = template()
    template_hash(made)
    watched = ref(made)
    del made
    gc.collect()
    assert watched() is None
    # The identity of the one that has gone may be that of the next.
    assert len({template_hash(template(f"web:{number}")) for number in range(100)}) == 100


def test_a_bare_pod_is_one_template_however_often_it_is_asked_for() -> None:
    pod = Pod(ObjectMeta(name="web", labels={"app": "web"}), PodSpec((Container("main", "web:1"),)))
    assert pod.template is pod.template
    assert pod.template.metadata == ObjectMeta(labels={"app": "web"})
    assert pod == Pod(ObjectMeta(name="web", labels={"app": "web"}), PodSpec((Container("main", "web:1"),)))
