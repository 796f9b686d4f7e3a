"""Pods as a whole: containers beside each other, volumes, network, names, nodes."""

from collections.abc import Callable

import pytest

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
CLAIM = "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}"

CASES = {
    "containers of different roles with one name": (
        "initContainers: [{name: main, image: busybox}]",
        ["duplicate initContainers[0].name"],
    ),
    "an init container with what it has no use for": (
        """initContainers:
        - {name: a, image: b, lifecycle: {preStop: {sleep: {seconds: 1}}}, readinessProbe: {tcpSocket: {port: 80}}}
        """,
        ["wrong-combination initContainers[0].readinessProbe", "wrong-combination initContainers[0].lifecycle"],
    ),
    "a sidecar may have probes": (
        "initContainers: [{name: a, image: busybox, restartPolicy: Always, startupProbe: {tcpSocket: {port: 80}}}]",
        [],
    ),
    "an init container that restarts on failure": (
        "initContainers: [{name: a, image: busybox, restartPolicy: OnFailure}]",
        ["wrong-restart-policy initContainers[0].restartPolicy"],
    ),
    "port names of two containers": (
        """containers:
        - {name: a, image: busybox, ports: [{name: http, containerPort: 80}]}
        - {name: b, image: busybox, ports: [{name: http, containerPort: 81}]}
        """,
        ["duplicate containers[1].ports[0].name (warning)"],
    ),
    "two volumes of one name": (
        "volumes: [{name: a, emptyDir: {}}, {name: a, emptyDir: {}}]",
        ["duplicate volumes[1].name"],
    ),
    "a volume without a source is an emptyDir": ("volumes: [{name: a}]", []),
    "a volume with three sources": (
        "volumes: [{name: a, emptyDir: {}, hostPath: {path: /a}, nfs: {server: a, path: /a}}]",
        ["two-sources volumes[0].hostPath"],
    ),
    "a mode in octal": ("volumes: [{name: a, configMap: {name: a, defaultMode: 0644}}]", []),
    "a mode in decimal that is none": (
        "volumes: [{name: a, configMap: {name: a, defaultMode: 644}}]",
        ["out-of-range volumes[0].configMap.defaultMode"],
    ),
    "a mode in decimal that is an odd one": (
        "volumes: [{name: a, secret: {secretName: a, defaultMode: 400, items: [{key: a, path: a, mode: 444}]}}]",
        [
            "decimal-mode volumes[0].secret.defaultMode (warning)",
            "decimal-mode volumes[0].secret.items[0].mode (warning)",
        ],
    ),
    "usual modes written in decimal": (
        """volumes:
        - {name: a, configMap: {name: a, defaultMode: 420}}
        - {name: b, configMap: {name: a, defaultMode: 256}}
        - {name: c, configMap: {name: a, defaultMode: 511}}
        - {name: d, configMap: {name: a, defaultMode: 493}}
        - {name: e, configMap: {name: a, defaultMode: 432}}
        - {name: f, configMap: {name: a, defaultMode: 0}}
        """,
        [],
    ),
    "a file that tells nothing": (
        "volumes: [{name: a, downwardAPI: {items: [{path: a}]}}]",
        ["no-source volumes[0].downwardAPI.items[0]"],
    ),
    "a file that tells two things": (
        """volumes:
        - name: a
          downwardAPI:
            items:
            - path: a
              fieldRef: {fieldPath: metadata.labels}
              resourceFieldRef: {resource: limits.cpu, containerName: main}
        """,
        ["two-sources volumes[0].downwardAPI.items[0].resourceFieldRef"],
    ),
    "a file does not know the pod's address": (
        "volumes: [{name: a, downwardAPI: {items: [{path: a, fieldRef: {fieldPath: status.podIP}}]}}]",
        ["wrong-field-path volumes[0].downwardAPI.items[0].fieldRef.fieldPath"],
    ),
    "a file about the resources of nobody": (
        "volumes: [{name: a, downwardAPI: {items: [{path: a, resourceFieldRef: {resource: limits.cpu}}]}}]",
        ["missing-field volumes[0].downwardAPI.items[0].resourceFieldRef.containerName"],
    ),
    "one projected source of two": (
        "volumes: [{name: a, projected: {sources: [{configMap: {name: a}, secret: {name: a}}]}}]",
        ["two-sources volumes[0].projected.sources[0].secret"],
    ),
    "an empty projected source": (
        "volumes: [{name: a, projected: {sources: [{}]}}]",
        ["no-source volumes[0].projected.sources[0] (warning)"],
    ),
    "two projected files of one name": (
        """volumes:
        - name: a
          projected:
            sources:
            - {configMap: {name: a, items: [{key: a, path: f}]}}
            - {secret: {name: a, items: [{key: a, path: f}]}}
        """,
        ["duplicate volumes[0].projected.sources[1].secret.items[0].path"],
    ),
    "an ephemeral volume without a claim": (
        "volumes: [{name: a, ephemeral: {}}]",
        ["missing-field volumes[0].ephemeral.volumeClaimTemplate"],
    ),
    "an ephemeral volume of no size": (
        "volumes: [{name: a, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce]}}}}]",
        ["missing-field volumes[0].ephemeral.volumeClaimTemplate.spec.resources.requests.storage"],
    ),
    "a claim of an ephemeral volume with labels": (
        f"volumes: [{{name: a, ephemeral: {{volumeClaimTemplate: {{metadata: {{labels: {{a: b}}}}, {CLAIM}}}}}}}]",
        [],
    ),
    "a claim of an ephemeral volume with a name": (
        f"""volumes:
        - {{name: a, ephemeral: {{volumeClaimTemplate: {{metadata: {{name: a, finalizers: [a/b]}}, {CLAIM}}}}}}}
        """,
        [
            "wrong-combination volumes[0].ephemeral.volumeClaimTemplate.metadata.finalizers",
            "wrong-combination volumes[0].ephemeral.volumeClaimTemplate.metadata.name",
        ],
    ),
    "a claim that an ephemeral volume makes": (
        f"""volumes:
        - {{name: a, persistentVolumeClaim: {{claimName: web-b}}}}
        - {{name: b, ephemeral: {{volumeClaimTemplate: {{{CLAIM}}}}}}}
        """,
        ["wrong-combination volumes[0].persistentVolumeClaim.claimName"],
    ),
    "an image volume without an image": (
        "volumes: [{name: a, image: {}}]",
        ["missing-field volumes[0].image.reference"],
    ),
    "an emptyDir of less than nothing": (
        "volumes: [{name: a, emptyDir: {medium: Memory, sizeLimit: '-1'}}]",
        ["out-of-range volumes[0].emptyDir.sizeLimit"],
    ),
    "an emptyDir of thousandths of a byte": (
        "volumes: [{name: a, emptyDir: {medium: Memory, sizeLimit: 100m}}]",
        ["unlikely-unit volumes[0].emptyDir.sizeLimit (warning)"],
    ),
    "the node's network publishes nothing": (
        "{hostNetwork: true, containers: [{name: a, image: busybox, ports: [{containerPort: 80, hostPort: 81}]}]}",
        ["wrong-combination containers[0].ports[0].hostPort", "host-access hostNetwork (warning)"],
    ),
    "the node's network has each port once": (
        """hostNetwork: true
containers:
- {name: a, image: busybox, ports: [{containerPort: 80}]}
- {name: b, image: busybox, ports: [{containerPort: 80}]}
""",
        ["host-port-clash containers[1].ports[0].containerPort", "host-access hostNetwork (warning)"],
    ),
    "an init container has its ports of the node alone": (
        """initContainers:
- {name: a, image: busybox, ports: [{containerPort: 80, hostPort: 80}]}
- {name: b, image: busybox, ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81, hostPort: 80}]}
""",
        ["host-port-clash initContainers[1].ports[1].hostPort"],
    ),
    "an init container in the node's network publishes nothing": (
        """hostNetwork: true
initContainers: [{name: a, image: busybox, ports: [{containerPort: 80, hostPort: 81}]}]
""",
        ["host-access hostNetwork (warning)"],
    ),
    "processes shared twice": (
        "{hostPID: true, shareProcessNamespace: true}",
        ["wrong-combination shareProcessNamespace", "host-access hostPID (warning)"],
    ),
    "a kernel parameter twice": (
        "securityContext: {sysctls: [{name: net.a, value: '1'}, {name: net.a, value: '2'}]}",
        ["duplicate securityContext.sysctls[1].name"],
    ),
    "a kernel parameter of the node": (
        "{hostNetwork: true, securityContext: {sysctls: [{name: net.core.somaxconn, value: '1'}]}}",
        ["wrong-combination securityContext.sysctls[0].name", "host-access hostNetwork (warning)"],
    ),
    "a container that is root in a pod that must not be": (
        "{securityContext: {runAsNonRoot: true}, containers: [{name: a, image: b, securityContext: {runAsUser: 0}}]}",
        ["wrong-combination containers[0].securityContext.runAsUser"],
    ),
    "a container that may be root": (
        "{securityContext: {runAsUser: 0}, containers: [{name: a, image: b, securityContext: {runAsNonRoot: false}}]}",
        [],
    ),
    "a stop signal and its system": (
        "{os: {name: linux}, containers: [{name: a, image: b, lifecycle: {stopSignal: SIGRTMIN+3}}]}",
        [],
    ),
    "a stop signal that is none": (
        "{os: {name: linux}, containers: [{name: a, image: b, lifecycle: {stopSignal: INT}}]}",
        ["wrong-choice containers[0].lifecycle.stopSignal"],
    ),
    "a pod has no storage of its own": (
        "resources: {limits: {ephemeral-storage: 1Gi}}",
        ["wrong-resource resources.limits['ephemeral-storage']"],
    ),
    "no name server at all": ("dnsPolicy: None", ["missing-field dnsConfig.nameservers"]),
    "four name servers": (
        "dnsPolicy: None\ndnsConfig: {nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4]}",
        ["too-many dnsConfig.nameservers"],
    ),
    "a name server by name": (
        "dnsPolicy: None\ndnsConfig: {nameservers: [dns]}",
        ["wrong-format dnsConfig.nameservers[0]"],
    ),
    "name servers beside the engine's": (
        "dnsConfig: {nameservers: [10.0.0.53]}",
        ["rejected dnsConfig.nameservers"],
    ),
    "a name on the node's network": (
        "hostNetwork: true\nhostname: web",
        ["without-meaning hostname (note)", "host-access hostNetwork (warning)"],
    ),
    "a kernel parameter that is not the pod's to set": (
        "securityContext: {sysctls: [{name: vm.swappiness, value: '1'}]}",
        ["rejected securityContext.sysctls[0].name"],
    ),
    "a name server of one link": (
        "dnsPolicy: None\ndnsConfig: {nameservers: ['fe80::1%eth0']}",
        ["wrong-format dnsConfig.nameservers[0]"],
    ),
    "a search domain that is none": ("dnsConfig: {searches: [a.b, '-a', .]}", ["wrong-format dnsConfig.searches[1]"]),
    "a search domain of services, and one of nothing": (
        "dnsConfig: {searches: [_sip._tcp.abc_d.example.org, _.]}",
        ["wrong-format dnsConfig.searches[1]"],
    ),
    "an option without a name": ("dnsConfig: {options: [{value: '2'}]}", ["missing-field dnsConfig.options[0].name"]),
    "an alias of no address": (
        "hostAliases: [{ip: db, hostnames: [A]}]",
        ["wrong-format hostAliases[0].ip", "wrong-format hostAliases[0].hostnames[0]"],
    ),
    "nodes of no description": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}",
        ["empty-list affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"],
    ),
    "comparisons that compare nothing": (
        """affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
      - matchExpressions: [{key: a, operator: In}, {key: a, operator: Gt, values: [x]}, {key: a, operator: Exists}]
        matchFields: [{key: spec.x, operator: In, values: [a]}, {key: metadata.name, operator: Exists}]
""",
        [
            f"wrong-expression affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[0].{rest}"
            for rest in ("matchExpressions[0]", "matchExpressions[1]", "matchFields[0].key", "matchFields[1]")
        ],
    ),
    "values that no node has": (
        """affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
      - matchExpressions: [{key: a, operator: In, values: [b, '-1']}]
        matchFields: [{key: metadata.name, operator: In, values: [a_b]}]
    preferredDuringSchedulingIgnoredDuringExecution:
    - {weight: 1, preference: {matchExpressions: [{key: a, operator: In, values: ['-1']}]}}
""",
        [
            f"wrong-format affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[0].{rest}"
            for rest in ("matchFields[0].values[0]", "matchExpressions[0].values[1]")
        ],
    ),
    "labels alike that differ, and one that the selector asks for": (
        """affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
    - {topologyKey: zone, labelSelector: {}, matchLabelKeys: [a, b], mismatchLabelKeys: [b]}
    - topologyKey: zone
      labelSelector: {matchLabels: {a: x}, matchExpressions: [{key: a, operator: NotIn, values: [y]}]}
      matchLabelKeys: [a]
    - {topologyKey: zone, labelSelector: {matchLabels: {a: x}}, matchLabelKeys: [a]}
    - {topologyKey: zone, labelSelector: {matchLabels: {a: x}}, mismatchLabelKeys: [a]}
""",
        [
            f"wrong-combination affinity.podAffinity.{REQUIRED}[0].matchLabelKeys[1]",
            f"wrong-combination affinity.podAffinity.{REQUIRED}[1].matchLabelKeys[0]",
        ],
    ),
    "a weight of nothing": (
        """affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
    - {weight: 0, podAffinityTerm: {topologyKey: "", matchLabelKeys: [a]}}
""",
        [
            f"{code} affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].{rest}"
            for code, rest in (
                ("out-of-range", "weight"),
                ("wrong-format", "podAffinityTerm.topologyKey"),
                ("wrong-combination", "podAffinityTerm.matchLabelKeys"),
            )
        ],
    ),
    "tolerations that are understood": (
        (
            "tolerations: [{operator: Exists}, {key: a, value: b}, "
            "{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 1}]"
        ),
        [],
    ),
    "tolerations that contradict themselves": (
        """tolerations:
        - {operator: Equal}
        - {key: a, operator: Exists, value: b}
        - {key: a, value: b, effect: NoSchedule, tolerationSeconds: 1}
        - {key: a, value: b c}
        - {key: a, operator: Gt, value: b}
        """,
        [
            "wrong-expression tolerations[0]",
            "wrong-expression tolerations[1].value",
            "wrong-combination tolerations[2].tolerationSeconds",
            "wrong-format tolerations[3].value",
            "wrong-expression tolerations[4]",
        ],
    ),
    "a spread asked for twice": (
        """topologySpreadConstraints:
        - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, minDomains: 2}
        - {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}
        """,
        ["duplicate topologySpreadConstraints[1]", "wrong-combination topologySpreadConstraints[0].minDomains"],
    ),
    "a spread by labels that its selector asks for, and without a selector": (
        """topologySpreadConstraints:
        - {maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule, matchLabelKeys: [b]}
        - maxSkew: 1
          topologyKey: b
          whenUnsatisfiable: DoNotSchedule
          labelSelector: {matchLabels: {b: x}}
          matchLabelKeys: [a, b]
        """,
        [
            "wrong-combination topologySpreadConstraints[0].matchLabelKeys",
            "wrong-combination topologySpreadConstraints[1].matchLabelKeys[1]",
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_a_pod_is_answered(said_in_pod: Callable[[str], list[str]], text: str, expected: list[str]) -> None:
    assert said_in_pod(text) == expected
