"""Names for contents: the hash of a pod template, and UIDs and name suffixes made from material that is handed in."""

import hashlib
import json
from functools import lru_cache
from weakref import ref

from gitpod_sync.errors import ManifestError
from gitpod_sync.model.base.codec import Json, canonical, decode, encode
from gitpod_sync.model.base.labels import CONFIG_DIGEST, IMAGE_DIGESTS
from gitpod_sync.model.pods.pod import PodTemplate

_SAFE = "bcdfghjklmnpqrstvwxz2456789"
"""No vowels and no look-alikes, as in Kubernetes' generated names."""


_MOST_READ = 4096
"""Labels of sandboxes: more than one engine has, and few enough to hold the templates of all."""

_WRITTEN: dict[int, tuple[ref[PodTemplate], str, str]] = {}
"""By the identity of a template, for as long as it lives: its text and its hash."""


def safe_digest(material: str, length: int) -> str:
    """`length` characters that are safe in names and stand for `material`."""
    number = int.from_bytes(hashlib.sha256(material.encode()).digest(), "big")
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_SAFE))
        letters.append(_SAFE[index])
    return "".join(letters)


def template_hash(template: PodTemplate) -> str:
    """Ten characters that change exactly when the template means something else."""
    return _written(template)[1]


def template_text(template: PodTemplate) -> str:
    """The template as canonical JSON."""
    return _written(template)[0]


def _written(template: PodTemplate) -> tuple[str, str]:
    """The text and the hash of a template. Every pass asks for those of the same few templates, again and again."""
    identity = id(template)
    known = _WRITTEN.get(identity)
    if known is None:
        text = canonical(template)
        # An identity is given to another one only after the template has ended, and its entry with it.
        ended = ref(template, lambda _: _WRITTEN.pop(identity, None))
        known = _WRITTEN[identity] = (ended, text, safe_digest(text, 10))
    return known[1:]


def object_hash(value: object) -> str:
    """Ten characters that change exactly when an object of Git means something else, in whatever part.

    Annotations that we add to its template because something beside the object has changed (a ConfigMap, a tag) are
    left out.
    """
    return safe_digest(json.dumps(_as_committed(encode(value)), sort_keys=True), 10)


def _as_committed(value: Json) -> Json:
    if isinstance(value, list):
        return [_as_committed(each) for each in value]
    if not isinstance(value, dict):
        return value
    written = {key: _as_committed(each) for key, each in value.items() if key not in {CONFIG_DIGEST, IMAGE_DIGESTS}}
    # Annotations of which nothing is left are none, as the codec has it.
    return {key: each for key, each in written.items() if each != {} or value[key] == {}}


def uid_from(material: str) -> str:
    """A UUID-shaped UID; fresh as long as `material` is."""
    digest = hashlib.sha256(material.encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


@lru_cache(maxsize=_MOST_READ)
def template_from_label(text: str) -> PodTemplate:
    """The template kept in a sandbox's label. Raises `ManifestError` when it is none that a pod can be mended by."""
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ManifestError("the label is not the JSON of a template") from error
    template = decode(PodTemplate, parsed)
    _check(template)
    return template


def _check(template: PodTemplate) -> None:
    """Raise for templates in labels that lack what manifests are checked for: planning takes that for granted."""
    spec = template.spec
    names = [container.name for container in spec.all_containers]
    if not spec.containers or len(set(names)) < len(names):
        raise ManifestError("a pod has containers, and no two of one name")
    if not all(container.image for container in spec.all_containers):
        raise ManifestError("every container has an image")
    volumes = {volume.name for volume in spec.volumes}
    if not all(mount.name in volumes for container in spec.all_containers for mount in container.volume_mounts):
        raise ManifestError("only volumes of the pod can be mounted")
