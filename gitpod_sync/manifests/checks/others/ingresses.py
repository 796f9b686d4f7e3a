"""Ingresses that lead somewhere (Kubernetes: networking/v1 validation, IngressSpec)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gitpod_sync.manifests.checks.pods.names import is_service_name, is_subdomain
from gitpod_sync.manifests.checks.pods.ports import is_address
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_CLASS = "kubernetes.io/ingress.class"
_NOT_WITHIN = ("//", "/./", "/../", "%2f", "%2F")
_NOT_AT_END = ("/..", "/.")
_NO_SEGMENTS = {"", ".", ".."}


def check_ingress(value: Mapping[str, Json]) -> Iterator[Finding]:
    """Findings on an Ingress."""
    spec: Mapping[str, Json] = value["spec"]
    if not spec.get("rules") and "defaultBackend" not in spec:
        message = "the Ingress leads nowhere: it has neither rules nor a default backend"
        yield Finding("missing-field", ("spec", "rules"), message, "add one of the two")
    named, annotated = spec.get("ingressClassName"), value["metadata"].get("annotations", {}).get(_CLASS)
    if named is not None and annotated not in {None, named}:
        message = f"the class is given twice, as `{annotated}` in the annotation {_CLASS}"
        yield Finding("wrong-combination", ("spec", "ingressClassName"), message, "take the annotation out")
    if "defaultBackend" in spec:
        yield from _check_backend(spec["defaultBackend"], ("spec", "defaultBackend"))
    seen: dict[tuple[str, str, str], FieldPath] = {}
    for index, rule in enumerate(spec.get("rules", [])):
        yield from _check_rule(rule, ("spec", "rules", index), seen)
    for index, tls in enumerate(spec.get("tls", [])):
        for inner, host in enumerate(tls.get("hosts", [])):
            yield from _check_tls_host(host, ("spec", "tls", index, "hosts", inner))


def _check_rule(
    rule: Mapping[str, Json], path: FieldPath, seen: dict[tuple[str, str, str], FieldPath]
) -> Iterator[Finding]:
    """`seen` holds the places of what was routed so far, and is added to."""
    host = rule.get("host", "")
    yield from _check_host(host, (*path, "host"))
    for index, entry in enumerate(rule.get("http", {}).get("paths", [])):
        where = (*path, "http", "paths", index)
        yield from _check_path(entry.get("path", ""), entry["pathType"], (*where, "path"))
        yield from _check_backend(entry["backend"], (*where, "backend"))
        first = seen.setdefault((host, entry.get("path", ""), entry["pathType"]), where)
        if first is not where:
            message = f"the same host and path are already routed at {render_path(first)}, which counts"
            yield Finding("duplicate", (*where, "path"), message, "keep one of the two", Severity.WARNING)


def _check_host(host: str, path: FieldPath) -> Iterator[Finding]:
    if host and is_address(host):
        message = f"`{host}` is an IP address, and a host is a name"
        yield Finding("wrong-format", path, message, "write a name, or take the host out to serve all of them")


def _check_tls_host(host: str, path: FieldPath) -> Iterator[Finding]:
    """An address is taken here, although no rule can be for it."""
    if not host:
        yield Finding("empty-value", path, "the host is empty", "write a name, or take it out")
    for finding in _check_host(host, path):
        yield replace(finding, severity=Severity.WARNING, hint="write a name, or take it out")


def _check_path(written: str, kind: str, path: FieldPath) -> Iterator[Finding]:
    if kind == "ImplementationSpecific":
        if written and not written.startswith("/"):
            yield Finding("wrong-format", path, f"the path `{written}` is not absolute", "begin with '/'")
        return
    if not written.startswith("/"):
        what = f"the path `{written}` is not absolute" if written else f"the type {kind} needs a path"
        yield Finding("wrong-format", path, what, "begin with '/'")
        return
    bad = next((part for part in _NOT_WITHIN if part in written), None)
    bad = bad or next((part for part in _NOT_AT_END if written.endswith(part)), None)
    if bad is not None:
        yield Finding("wrong-format", path, f"`{bad}` means nothing in a path of the type {kind}", "take it out")


def _check_backend(backend: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    if "service" in backend and "resource" in backend:
        message = "the backend is two things, a service and a resource"
        yield Finding("two-sources", path, message, "keep one of them")
    elif "service" not in backend and "resource" not in backend:
        yield Finding("no-source", path, "the backend names no service", "add `service`")
    if "resource" in backend:
        yield from _check_resource(backend["resource"], (*path, "resource"))
    if "service" not in backend:
        return
    name = backend["service"]["name"]
    if not is_service_name(name):
        message = f"`{name}` is not a valid name for a Service"
        yield Finding("wrong-format", (*path, "service", "name"), message, "write the Service's `metadata.name`")
    port, where = backend["service"].get("port", {}), (*path, "service", "port")
    if port.get("name") and port.get("number"):
        yield Finding("wrong-combination", where, "the port is given twice, by name and number", "keep one of the two")
    elif not port.get("name") and not port.get("number"):
        message = f"the backend names no port of the service `{name}`"
        yield Finding("missing-field", where, message, "add `number` or `name`")


def _check_resource(resource: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    for field in ("kind", "name"):
        written = resource[field]
        if written in _NO_SEGMENTS or any(mark in written for mark in "/%"):
            message = f"`{written}` is not a valid {field} of an object" if written else f"the resource has no {field}"
            yield Finding("wrong-format", (*path, field), message, "write it without '/' and '%'")
    group = resource.get("apiGroup")
    if group is not None and not is_subdomain(group):
        message = f"`{group}` is not a valid API group" if group else "the API group is empty"
        yield Finding("wrong-format", (*path, "apiGroup"), message, "write it like example.com, or take it out")
