"""Probes and hooks: one action each, at an existing port (Kubernetes: core/v1 validation, handlers)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.words import listed
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.near_misses import near_miss
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.pods.pod import DEFAULT_GRACE

_HOOKS = ("exec", "httpGet", "tcpSocket", "sleep")
_SIGNALS = frozenset(
    "SIG" + name
    for name in (
        *(
            "ABRT",
            "ALRM",
            "BUS",
            "CHLD",
            "CLD",
            "CONT",
            "FPE",
            "HUP",
            "ILL",
            "INT",
            "IO",
            "IOT",
            "KILL",
            "PIPE",
            "POLL",
        ),
        *("PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG"),
        *("USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX"),
    )
)
_REAL_TIME = 15
"""SIGRTMIN+1 … SIGRTMIN+15 and SIGRTMAX-1 … SIGRTMAX-14 have names of their own."""


def check_handler(
    written: Mapping[str, Json], container: Mapping[str, Json], path: FieldPath, choices: tuple[str, ...]
) -> Iterator[Finding]:
    """Exactly one of the actions is given, and a port that it names is one of the container's."""
    given = [field for field in written if field in choices]
    if not given:
        yield Finding("no-handler", path, "it does not say what to do", f"give one of {listed(choices)}")
    elif len(given) > 1:
        message = f"it has {len(given)} handlers, {listed(given)}"
        yield Finding("two-handlers", (*path, given[1]), message, "keep one of them", on_key=True)
    for action in given:
        if "port" in written[action]:
            yield from _check_port(written[action]["port"], container, (*path, action, "port"))
        if action == "exec" and not written[action].get("command"):
            yield Finding(
                "missing-field", (*path, action, "command"), "the command is empty", "give at least a program"
            )


def _check_port(port: int | str, container: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    if isinstance(port, int):
        return
    names = [each["name"] for each in container.get("ports", []) if each.get("name")]
    if port not in names:
        message = f"the container `{container['name']}` has no port named `{port}`"
        hint = f"it has {listed(names)}" if names else "name it under `ports`, or write its number"
        yield Finding("unknown-port", path, message, hint)


def check_lifecycle(container: Mapping[str, Json], spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Findings on a container's hooks and its signal to stop."""
    lifecycle: Mapping[str, Json] = container["lifecycle"]
    grace: int = spec.get("terminationGracePeriodSeconds", DEFAULT_GRACE)
    for hook in ("postStart", "preStop"):
        if hook in lifecycle:
            yield from check_handler(lifecycle[hook], container, (*path, hook), _HOOKS)
            yield from _check_sleep(lifecycle[hook], grace, (*path, hook))
    signal = lifecycle.get("stopSignal")
    if signal and not _is_signal(signal):
        meant = near_miss(signal if signal.startswith("SIG") else f"SIG{signal}", sorted(_SIGNALS))
        hint = f"did you mean `{meant}`?" if meant else "write it like SIGTERM"
        yield Finding("wrong-choice", (*path, "stopSignal"), f"`{signal}` is not a valid signal", hint)
    if signal and "os" not in spec:
        message = "a stopSignal goes only with a pod that names its system"
        yield Finding("wrong-combination", (*path, "stopSignal"), message, "add `os: {name: linux}` to the pod's spec")


def _check_sleep(written: Mapping[str, Json], grace: int, path: FieldPath) -> Iterator[Finding]:
    """Kubernetes holds both hooks to the time that the pod has to end."""
    seconds: int = written.get("sleep", {}).get("seconds", 0)
    if seconds > grace:
        message = f"a sleep of {seconds} s is longer than the {grace} s that the pod has to end"
        hint = "sleep less, or raise `terminationGracePeriodSeconds`"
        yield Finding("out-of-range", (*path, "sleep", "seconds"), message, hint)


def _is_signal(name: str) -> bool:
    base, sign, number = name.replace("-", "+").partition("+")
    if not sign:
        return name in _SIGNALS
    return base in {"SIGRTMIN", "SIGRTMAX"} and number.isdecimal() and 0 < int(number[:3]) <= _REAL_TIME
