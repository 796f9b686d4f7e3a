"""Containers: names, roles, variables, mounts, ports, probes, hooks, resources, security."""

from collections.abc import Callable

import pytest

DOUBLED = ", ".join(f"{{name: E{each}, value: $(E{each - 1})$(E{each - 1})}}" for each in range(1, 31))

CASES = {
    "variables that double each other": (
        f"env: [{{name: E0, value: '0123456789'}}, {DOUBLED}]",
        ["too-long env[14].value"],
    ),
    "arguments made of a long variable": (
        f"{{env: [{{name: A, value: {'x' * 70_000}}}], args: [$(A), $(A)$(A)]}}",
        ["too-long args[1]"],
    ),
    "references to what may come from elsewhere, and may be short": (
        f"{{envFrom: [{{configMapRef: {{name: a}}}}], args: ['{'$(A_LONG_NAME)' * 10_000}']}}",
        [],
    ),
    "a variable given twice": (
        "env: [{name: A}, {name: B}, {name: A}]",
        ["duplicate env[2].name (warning)"],
    ),
    "a variable with a value and a source": (
        "env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
        ["two-sources env[0].valueFrom"],
    ),
    "an empty value beside a source is none": (
        "env: [{name: A, value: '', valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
        [],
    ),
    "a variable from nowhere": ("env: [{name: A, valueFrom: {}}]", ["no-source env[0].valueFrom"]),
    "a variable from two keys": (
        "env: [{name: A, valueFrom: {configMapKeyRef: {name: a, key: b}, secretKeyRef: {name: a, key: b}}}]",
        ["two-sources env[0].valueFrom.secretKeyRef"],
    ),
    "envFrom from nowhere": ("envFrom: [{prefix: A_}]", ["no-source envFrom[0]"]),
    "envFrom from two objects": (
        "envFrom: [{configMapRef: {name: a}, secretRef: {name: a}}]",
        ["two-sources envFrom[0].secretRef"],
    ),
    "a prefix with a sign of its own": (
        "envFrom: [{prefix: 'A=', configMapRef: {name: a}}]",
        ["wrong-format envFrom[0].prefix"],
    ),
    "every field that a variable can be told": (
        """env:
        - {name: A, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
        - {name: B, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app.example.org/x']"}}}
        - {name: C, valueFrom: {fieldRef: {fieldPath: "metadata.annotations['a']", apiVersion: v1}}}
        - {name: D, valueFrom: {fieldRef: {fieldPath: status.podIPs}}}
        - {name: E, valueFrom: {fieldRef: {fieldPath: spec.serviceAccountName}}}
        - {name: F, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
        - {name: G, valueFrom: {resourceFieldRef: {resource: requests.cpu, divisor: 1m, containerName: main}}}
        """,
        [],
    ),
    "all labels in one variable": (
        "env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.labels}}}]",
        ["wrong-field-path env[0].valueFrom.fieldRef.fieldPath"],
    ),
    "a field nobody is told": (
        "env: [{name: A, valueFrom: {fieldRef: {fieldPath: status.phase}}}]",
        ["wrong-field-path env[0].valueFrom.fieldRef.fieldPath"],
    ),
    "a label with a wrong key": (
        "env: [{name: A, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['-a']\"}}}]",
        ["wrong-field-path env[0].valueFrom.fieldRef.fieldPath"],
    ),
    "capital letters in the prefix of an annotation, and of a label": (
        """env:
        - {name: A, valueFrom: {fieldRef: {fieldPath: "metadata.annotations['App.Example.org/x']"}}}
        - {name: B, valueFrom: {fieldRef: {fieldPath: "metadata.labels['App.Example.org/x']"}}}
        """,
        ["wrong-field-path env[1].valueFrom.fieldRef.fieldPath"],
    ),
    "a resource nobody is told": (
        "env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.disk}}}]",
        ["wrong-field-path env[0].valueFrom.resourceFieldRef.resource"],
    ),
    "memory in thousandths": (
        "env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1m}}}]",
        ["wrong-choice env[0].valueFrom.resourceFieldRef.divisor"],
    ),
    "resources of a container that is not there": (
        "env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu, containerName: other}}}]",
        ["unknown-container env[0].valueFrom.resourceFieldRef.containerName"],
    ),
    "a mount of a volume that is not there": (
        "volumeMounts: [{name: date, mountPath: /a}]",
        ["unknown-volume volumeMounts[0].name"],
    ),
    "two mounts in one place": (
        "volumeMounts: [{name: data, mountPath: /a}, {name: data, mountPath: /a/}]",
        ["duplicate volumeMounts[1].mountPath"],
    ),
    "a mount over everything": (
        "volumeMounts: [{name: data, mountPath: /}]",
        ["wrong-mount-path volumeMounts[0].mountPath"],
    ),
    "subPath twice": (
        "volumeMounts: [{name: data, mountPath: /a, subPath: a, subPathExpr: b}]",
        ["wrong-combination volumeMounts[0]"],
    ),
    "recursiveReadOnly of what is written": (
        "volumeMounts: [{name: data, mountPath: /a, recursiveReadOnly: Enabled}]",
        ["wrong-combination volumeMounts[0].recursiveReadOnly"],
    ),
    "mounts handed on by anybody": (
        "volumeMounts: [{name: data, mountPath: /a, mountPropagation: Bidirectional}]",
        ["wrong-combination volumeMounts[0].mountPropagation"],
    ),
    "mounts handed on by the privileged": (
        (
            "{securityContext: {privileged: true}, "
            "volumeMounts: [{name: data, mountPath: /a, mountPropagation: Bidirectional}]}"
        ),
        ["host-access securityContext.privileged (warning)"],
    ),
    "mounts that come later below one that stays as it is": (
        (
            "volumeMounts: [{name: data, mountPath: /a, readOnly: true, "
            "mountPropagation: HostToContainer, recursiveReadOnly: Enabled}]"
        ),
        ["wrong-combination volumeMounts[0].recursiveReadOnly"],
    ),
    "a capability that nobody knows": (
        "securityContext: {capabilities: {add: [NET_ADMN], drop: [all, NET_RAW]}}",
        [
            "capability-case securityContext.capabilities.drop[0] (note)",
            "unknown-capability securityContext.capabilities.add[0] (warning)",
        ],
    ),
    "two ways to resize": (
        """resizePolicy:
        - {resourceName: cpu, restartPolicy: NotRequired}
        - {resourceName: cpu, restartPolicy: RestartContainer}""",
        ["duplicate resizePolicy[1].resourceName"],
    ),
    "a device that is mounted too": (
        "{volumeMounts: [{name: data, mountPath: /a}], volumeDevices: [{name: data, devicePath: /a}]}",
        ["duplicate volumeDevices[0].name", "duplicate volumeDevices[0].devicePath"],
    ),
    "a device that is not there": (
        "volumeDevices: [{name: disk, devicePath: /dev/xvda}]",
        ["unknown-volume volumeDevices[0].name"],
    ),
    "two ports of one name": (
        "ports: [{name: http, containerPort: 80}, {name: http, containerPort: 81}]",
        ["duplicate ports[1].name"],
    ),
    "ports without names are not alike": ("ports: [{containerPort: 80}, {containerPort: 81}]", []),
    "one port twice": (
        "ports: [{containerPort: 80}, {containerPort: 80}]",
        ["duplicate ports[1].containerPort (warning)"],
    ),
    "one port of two protocols": ("ports: [{containerPort: 53}, {containerPort: 53, protocol: UDP}]", []),
    "a host address that is none": (
        "ports: [{containerPort: 80, hostPort: 80, hostIP: localhost}]",
        ["wrong-format ports[0].hostIP"],
    ),
    "one port of the node twice": (
        "ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81, hostPort: 80, hostIP: 127.0.0.1}]",
        ["host-port-clash ports[1].hostPort"],
    ),
    "one port of two addresses of the node": (
        (
            "ports: [{containerPort: 80, hostPort: 80, hostIP: 127.0.0.1}, "
            "{containerPort: 81, hostPort: 80, hostIP: 127.0.0.2}]"
        ),
        [],
    ),
    "a probe without an action": ("livenessProbe: {periodSeconds: 5}", ["no-handler livenessProbe"]),
    "a probe with two actions": (
        "readinessProbe: {exec: {command: [a]}, tcpSocket: {port: 80}}",
        ["two-handlers readinessProbe.tcpSocket"],
    ),
    "a probe of a port by name": (
        (
            "{ports: [{name: http, containerPort: 80}], "
            "livenessProbe: {httpGet: {port: http}}, startupProbe: {grpc: {port: 9}}}"
        ),
        [],
    ),
    "a probe of a port that is not there": (
        "{ports: [{name: http, containerPort: 80}], livenessProbe: {httpGet: {port: htpp}}}",
        ["unknown-port livenessProbe.httpGet.port"],
    ),
    "a liveness probe that must succeed twice": (
        "livenessProbe: {tcpSocket: {port: 80}, successThreshold: 2}",
        ["out-of-range livenessProbe.successThreshold"],
    ),
    "a readiness probe may have to": ("readinessProbe: {tcpSocket: {port: 80}, successThreshold: 2}", []),
    "a readiness probe ends nothing": (
        "readinessProbe: {tcpSocket: {port: 80}, terminationGracePeriodSeconds: 5}",
        ["wrong-combination readinessProbe.terminationGracePeriodSeconds"],
    ),
    "a probe that runs nothing": ("livenessProbe: {exec: {}}", ["missing-field livenessProbe.exec.command"]),
    "a hook without an action": ("lifecycle: {preStop: {}}", ["no-handler lifecycle.preStop"]),
    "a hook with two actions": (
        "lifecycle: {postStart: {exec: {command: [a]}, sleep: {seconds: 1}}}",
        ["two-handlers lifecycle.postStart.sleep"],
    ),
    "hooks that sleep as long as the pod has to end": (
        "lifecycle: {postStart: {sleep: {seconds: 0}}, preStop: {sleep: {seconds: 30}}}",
        [],
    ),
    "hooks that sleep longer": (
        "lifecycle: {postStart: {sleep: {seconds: 31}}, preStop: {sleep: {seconds: 60}}}",
        ["out-of-range lifecycle.postStart.sleep.seconds", "out-of-range lifecycle.preStop.sleep.seconds"],
    ),
    "a signal without a system": ("lifecycle: {stopSignal: SIGINT}", ["wrong-combination lifecycle.stopSignal"]),
    "a request above its limit": (
        "resources: {limits: {cpu: 500m}, requests: {cpu: 1}}",
        ["request-above-limit resources.requests.cpu"],
    ),
    "a limit that Docker refuses": ("resources: {limits: {memory: 64}}", ["out-of-range resources.limits.memory"]),
    "memory in thousandths of a byte": (
        "resources: {requests: {memory: 100m, ephemeral-storage: 5m}}",
        [
            "unlikely-unit resources.requests['ephemeral-storage'] (warning)",
            "unlikely-unit resources.requests.memory (warning)",
        ],
    ),
    "storage is for claims": ("resources: {limits: {storage: 1Gi}}", ["wrong-resource resources.limits.storage"]),
    "half a device": (
        "resources: {limits: {nvidia.com/gpu: 0.5}}",
        ["out-of-range resources.limits['nvidia.com/gpu']"],
    ),
    "a device that is asked for and not limited": (
        "resources: {requests: {nvidia.com/gpu: 1}}",
        ["request-not-limit resources.requests['nvidia.com/gpu']"],
    ),
    "a device that is only limited": ("resources: {limits: {nvidia.com/gpu: 1}}", []),
    "huge pages alone": ("resources: {limits: {hugepages-2Mi: 4Mi}}", ["missing-field resources"]),
    "huge pages beside memory": ("resources: {limits: {hugepages-2Mi: 4Mi, memory: 64Mi}}", []),
    "a quantity that is infinite is left to others": ("resources: {limits: {cpu: .inf}}", []),
    "a restart policy of a container of the app": ("restartPolicy: Always", ["wrong-restart-policy restartPolicy"]),
    "privileges that cannot be kept": (
        "securityContext: {privileged: true, allowPrivilegeEscalation: false}",
        [
            "wrong-combination securityContext.allowPrivilegeEscalation",
            "host-access securityContext.privileged (warning)",
        ],
    ),
    "CAP_SYS_ADMIN gains privileges": (
        "securityContext: {capabilities: {add: [CAP_SYS_ADMIN]}, allowPrivilegeEscalation: false}",
        [
            "capability-prefix securityContext.capabilities.add[0] (warning)",
            "wrong-combination securityContext.allowPrivilegeEscalation",
        ],
    ),
    "capabilities in lower case are understood": (
        "securityContext: {capabilities: {drop: [all], add: [NET_ADMIN]}}",
        ["capability-case securityContext.capabilities.drop[0] (note)"],
    ),
    "root that must not be root": (
        "securityContext: {runAsNonRoot: true, runAsUser: 0}",
        ["wrong-combination securityContext.runAsUser"],
    ),
    "a profile of the node without its name": (
        "securityContext: {seccompProfile: {type: Localhost}}",
        ["missing-field securityContext.seccompProfile.localhostProfile"],
    ),
    "a name of a profile that is not the node's": (
        "securityContext: {appArmorProfile: {type: RuntimeDefault, localhostProfile: a}}",
        ["wrong-combination securityContext.appArmorProfile.localhostProfile"],
    ),
    "a name of a profile with a space behind it": (
        "securityContext: {appArmorProfile: {type: Localhost, localhostProfile: 'web '}}",
        ["wrong-format securityContext.appArmorProfile.localhostProfile"],
    ),
    "a profile outside its folder": (
        "securityContext: {seccompProfile: {type: Localhost, localhostProfile: ../a}}",
        ["wrong-format securityContext.seccompProfile.localhostProfile"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_a_container_is_answered(said_in_container: Callable[[str], list[str]], text: str, expected: list[str]) -> None:
    assert said_in_container(text) == expected
