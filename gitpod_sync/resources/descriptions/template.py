"""A pod template as `rollout history --revision` and `describe` of a workload show it, in kubectl's words. Pure."""

from collections.abc import Iterator, Mapping

from gitpod_sync.model.base.codec import Json
from gitpod_sync.resources.descriptions.container import describe_spec
from gitpod_sync.resources.descriptions.pod import describe_volumes


def describe_template(template: Json) -> Iterator[str]:
    """The lines below `Pod Template:`, indented by two."""
    metadata, spec = template.get("metadata", {}), template["spec"]
    yield from _mapping("Labels", metadata.get("labels"), "=")
    if metadata.get("annotations"):
        yield from _mapping("Annotations", metadata["annotations"], ": ")
    if spec.get("serviceAccountName"):
        yield f"  Service Account:  {spec['serviceAccountName']}"
    for title, field in (("Init Containers", "initContainers"), ("Containers", "containers")):
        if spec.get(field):
            yield f"  {title}:"
        for container in spec.get(field, ()):
            yield f"   {container['name']}:"
            yield from describe_spec(container)
    yield from (f"  {line}" for line in describe_volumes(spec.get("volumes", ())))


def _mapping(name: str, found: Mapping[str, str] | None, separator: str) -> Iterator[str]:
    if not found:
        yield f"  {name}:  <none>"
    for number, (key, value) in enumerate(sorted((found or {}).items())):
        yield f"  {name + ':' if number == 0 else '':<{len(name) + 1}}  {key}{separator}{value}"
