"""ConfigMaps, Secrets, claims, Services, Ingresses, budgets, priorities."""

import base64
from collections.abc import Callable

import pytest

DOCKER = base64.b64encode(b'{"auths": {}}').decode()
TEXT = base64.b64encode(b"hunter2").decode()
CLAIM = "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}"
PORT = "ports: [{port: 80}]"
RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
SCALED = "spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 2, metrics: [%s]}"
SHARE = "Utilization, averageUtilization: 5"
CPU = "{type: Resource, resource: {name: cpu, target: {type: %s}}}"
METRIC = "spec.metrics[%d].resource.target"

CASES = {
    "a key given twice": ("ConfigMap", "{data: {a: x}, binaryData: {a: eA==}}", ["duplicate binaryData.a"]),
    "binary data that is none": ("ConfigMap", "binaryData: {a: '?'}", ["not-base64 binaryData.a"]),
    "a ConfigMap that is too large": ("ConfigMap", f"data: {{a: {'x' * 1048577}}}", ["too-large metadata.name"]),
    "a Secret that is as large as it may be": (
        "Secret",
        f"data: {{a: {base64.b64encode(b'x' * 1048576).decode()}}}",
        [],
    ),
    "a Secret in lines": ("Secret", f'data: {{a: "{TEXT[:4]}\\n{TEXT[4:]}"}}', []),
    "a Secret that is not encoded": ("Secret", "data: {a: hunter2}", ["not-base64 data.a"]),
    "a key in both parts of a Secret": (
        "Secret",
        f"{{data: {{a: {TEXT}}}, stringData: {{a: x}}}}",
        ["duplicate data.a (warning)"],
    ),
    "a certificate": (
        "Secret",
        f"{{type: kubernetes.io/tls, data: {{tls.crt: {TEXT}}}, stringData: {{tls.key: a}}}}",
        [],
    ),
    "a certificate without its key": (
        "Secret",
        f"{{type: kubernetes.io/tls, data: {{tls.crt: {TEXT}}}}}",
        ["missing-key data"],
    ),
    "credentials of a registry": (
        "Secret",
        f"{{type: kubernetes.io/dockerconfigjson, data: {{.dockerconfigjson: {DOCKER}}}}}",
        [],
    ),
    "credentials that are no JSON": (
        "Secret",
        "{type: kubernetes.io/dockerconfigjson, stringData: {.dockerconfigjson: hunter2}}",
        ["wrong-format stringData['.dockerconfigjson']"],
    ),
    "a login without anything": ("Secret", "type: kubernetes.io/basic-auth", ["missing-key stringData"]),
    "a login without a password": ("Secret", "{type: kubernetes.io/basic-auth, stringData: {username: a}}", []),
    "an empty key of SSH": (
        "Secret",
        "{type: kubernetes.io/ssh-auth, stringData: {ssh-privatekey: ''}}",
        ["missing-key stringData"],
    ),
    "a token of nobody": (
        "Secret",
        "type: kubernetes.io/service-account-token",
        ["missing-field metadata.annotations['kubernetes.io/service-account.name']"],
    ),
    "a claim": ("PersistentVolumeClaim", f"spec: {{{CLAIM}}}", []),
    "a claim of nothing": (
        "PersistentVolumeClaim",
        "spec: {resources: {requests: {storage: 0}}}",
        ["missing-field spec.accessModes", "out-of-range spec.resources.requests.storage"],
    ),
    "a claim of one pod and others": (
        "PersistentVolumeClaim",
        f"spec: {{{CLAIM.replace('[ReadWriteOnce]', '[ReadWriteOncePod, ReadWriteMany]')}}}",
        ["wrong-combination spec.accessModes"],
    ),
    "a claim of thousandths of a byte": (
        "PersistentVolumeClaim",
        f"spec: {{{CLAIM.replace('1Gi', '500m')}}}",
        ["unlikely-unit spec.resources.requests.storage (warning)"],
    ),
    "a claim that selects by nothing": (
        "PersistentVolumeClaim",
        f"spec: {{{CLAIM}, selector: {{matchExpressions: [{{key: a, operator: In}}]}}}}",
        ["wrong-expression spec.selector.matchExpressions[0]"],
    ),
    "a Service": ("Service", f"spec: {{{PORT}}}", []),
    "a Service with an address of each family": (
        "Service",
        f"""spec: {{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, '2001::1'], ipFamilies: [IPv4, IPv6],
  ipFamilyPolicy: RequireDualStack, {PORT}}}""",
        [],
    ),
    "addresses that do not agree with their families": (
        "Service",
        f"""spec: {{clusterIP: '2001::1', clusterIPs: ['2001::1', '2001::2'], ipFamilies: [IPv4, IPv4], {PORT}}}""",
        [
            "duplicate spec.clusterIPs[1]",
            "wrong-combination spec.clusterIPs[0]",
            "wrong-combination spec.clusterIPs[1]",
            "duplicate spec.ipFamilies[1]",
        ],
    ),
    "more addresses than families": (
        "Service",
        f"spec: {{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, '2001::1', 10.0.0.2], {PORT}}}",
        ["too-many spec.clusterIPs"],
    ),
    "no address beside one": (
        "Service",
        f"spec: {{clusterIP: None, clusterIPs: [None, '2001::1'], {PORT}}}",
        ["wrong-combination spec.clusterIPs"],
    ),
    "an address that is none beside one": (
        "Service",
        f"spec: {{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, b], {PORT}}}",
        ["wrong-format spec.clusterIPs[1]"],
    ),
    "addresses without the first": (
        "Service",
        f"spec: {{clusterIPs: [10.0.0.1], {PORT}}}",
        ["missing-field spec.clusterIP"],
    ),
    "two families of one": (
        "Service",
        f"spec: {{ipFamilyPolicy: SingleStack, ipFamilies: [IPv4, IPv6], {PORT}}}",
        ["wrong-combination spec.ipFamilies"],
    ),
    "addresses that nobody outside reaches": (
        "Service",
        f"spec: {{externalIPs: [192.0.2.1, 0.0.0.0, 127.0.0.1, 169.254.0.1, 224.0.0.1, 'ff02::1'], {PORT}}}",
        [f"wrong-choice spec.externalIPs[{index}]" for index in range(1, 6)],
    ),
    "ranges of load balancers": (
        "Service",
        f"spec: {{type: LoadBalancer, loadBalancerSourceRanges: [' 10.0.0.0/8', 10.0.0.1, a/8], {PORT}}}",
        ["wrong-format spec.loadBalancerSourceRanges[1]", "wrong-format spec.loadBalancerSourceRanges[2]"],
    ),
    "ranges in an annotation": (
        "Service",
        f"""metadata: {{name: a, annotations: {{{RANGES}: '10.0.0.0/8, b'}}}}
spec: {{type: LoadBalancer, {PORT}}}
""",
        [f"wrong-format metadata.annotations['{RANGES}']"],
    ),
    "ranges in an annotation of no load balancer": (
        "Service",
        f"{{metadata: {{name: a, annotations: {{{RANGES}: ''}}}}, spec: {{{PORT}}}}}",
        [f"wrong-combination metadata.annotations['{RANGES}']"],
    ),
    "the old and the new annotation of topology": (
        "Service",
        f"""metadata:
  name: a
  annotations: {{service.kubernetes.io/topology-aware-hints: auto, service.kubernetes.io/topology-mode: disabled}}
spec: {{{PORT}}}
""",
        ["wrong-combination metadata.annotations['service.kubernetes.io/topology-aware-hints']"],
    ),
    "a Service without ports": ("Service", "spec: {selector: {a: b}}", ["missing-field spec.ports"]),
    "names need no ports": ("Service", "spec: {clusterIP: None}", []),
    "a name that begins with a digit": (
        "Service",
        f"{{metadata: {{name: 1a}}, spec: {{{PORT}}}}}",
        ["wrong-format metadata.name"],
    ),
    "several ports without names": (
        "Service",
        "spec: {ports: [{port: 80}, {port: 81, name: a}]}",
        ["missing-field spec.ports[0].name"],
    ),
    "ports that are alike": (
        "Service",
        "spec: {type: NodePort, ports: [{port: 80, name: a, nodePort: 30000}, {port: 80, name: a, nodePort: 30000}]}",
        ["duplicate spec.ports[1].name", "duplicate spec.ports[1].port", "duplicate spec.ports[1].nodePort"],
    ),
    "a port of the node for names inside": (
        "Service",
        "spec: {ports: [{port: 80, nodePort: 30000}]}",
        ["wrong-combination spec.ports[0].nodePort"],
    ),
    "a port of the node out of range": (
        "Service",
        "spec: {type: LoadBalancer, ports: [{port: 80, nodePort: 80}]}",
        ["out-of-range spec.ports[0].nodePort"],
    ),
    "a name of nowhere": ("Service", "spec: {type: ExternalName}", ["missing-field spec.externalName"]),
    "a name with an address": (
        "Service",
        "spec: {type: ExternalName, externalName: db.example.org., clusterIP: None}",
        ["wrong-combination spec.clusterIP"],
    ),
    "a name that is none": (
        "Service",
        "spec: {type: ExternalName, externalName: a_b}",
        ["wrong-format spec.externalName"],
    ),
    "a load balancer without an address": (
        "Service",
        f"spec: {{type: LoadBalancer, clusterIP: None, {PORT}}}",
        ["wrong-combination spec.clusterIP"],
    ),
    "an address that is none": ("Service", f"spec: {{clusterIP: none, {PORT}}}", ["wrong-format spec.clusterIP"]),
    "addresses that differ": (
        "Service",
        f"spec: {{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.2], {PORT}}}",
        ["wrong-combination spec.clusterIPs[0]"],
    ),
    "fields of another type": (
        "Service",
        f"spec: {{loadBalancerClass: a, externalTrafficPolicy: Local, healthCheckNodePort: 30000, {PORT}}}",
        [
            "wrong-combination spec.loadBalancerClass",
            "wrong-combination spec.externalTrafficPolicy",
            "wrong-combination spec.healthCheckNodePort",
        ],
    ),
    "clients remembered by nobody": (
        "Service",
        f"spec: {{sessionAffinityConfig: {{clientIP: {{timeoutSeconds: 5}}}}, {PORT}}}",
        ["wrong-combination spec.sessionAffinityConfig"],
    ),
    "clients remembered too long": (
        "Service",
        f"spec: {{sessionAffinity: ClientIP, sessionAffinityConfig: {{clientIP: {{timeoutSeconds: 86401}}}}, {PORT}}}",
        ["out-of-range spec.sessionAffinityConfig.clientIP.timeoutSeconds"],
    ),
    "outside addresses that are none": (
        "Service",
        f"spec: {{type: LoadBalancer, externalIPs: [a], loadBalancerSourceRanges: [10.0.0.0/33], {PORT}}}",
        ["wrong-format spec.externalIPs[0]", "wrong-format spec.loadBalancerSourceRanges[0]"],
    ),
    "an Ingress to nowhere": ("Ingress", "spec: {}", ["missing-field spec.rules"]),
    "an Ingress": (
        "Ingress",
        """spec:
  rules:
  - host: "*.example.org"
    http:
      paths:
      - {path: /a, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}
      - {pathType: ImplementationSpecific, backend: {resource: {kind: A, name: a}}}
""",
        [],
    ),
    "paths that lead nowhere": (
        "Ingress",
        """spec:
  rules:
  - host: 10.0.0.1
    http:
      paths:
      - {path: a, pathType: Exact, backend: {}}
      - {pathType: Prefix, backend: {service: {name: a}, resource: {kind: A, name: a}}}
      - {path: /a//b, pathType: Prefix, backend: {service: {name: a, port: {number: 80, name: b}}}}
      - {path: /.., pathType: Exact, backend: {service: {name: a, port: {number: 80}}}}
      - {path: a, pathType: ImplementationSpecific, backend: {service: {name: a, port: {number: 80}}}}
""",
        [
            "wrong-format spec.rules[0].host",
            *(
                f"{code} spec.rules[0].http.paths[{rest}"
                for code, rest in (
                    ("wrong-format", "0].path"),
                    ("no-source", "0].backend"),
                    ("wrong-format", "1].path"),
                    ("two-sources", "1].backend"),
                    ("missing-field", "1].backend.service.port"),
                    ("wrong-format", "2].path"),
                    ("wrong-combination", "2].backend.service.port"),
                    ("wrong-format", "3].path"),
                    ("wrong-format", "4].path"),
                )
            ),
        ],
    ),
    "a path routed twice": (
        "Ingress",
        """spec:
  rules:
  - http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}
  - http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: b, port: {number: 80}}}}]}
""",
        ["duplicate spec.rules[1].http.paths[0].path (warning)"],
    ),
    "a class given twice": (
        "Ingress",
        """metadata: {name: a, annotations: {kubernetes.io/ingress.class: nginx}}
spec: {ingressClassName: nginx, defaultBackend: {service: {name: a, port: {name: http}}}}
""",
        [],
    ),
    "a class given twice, and each time another": (
        "Ingress",
        """metadata: {name: a, annotations: {kubernetes.io/ingress.class: traefik}}
spec: {ingressClassName: nginx, defaultBackend: {service: {name: a, port: {name: http}}}}
""",
        ["wrong-combination spec.ingressClassName"],
    ),
    "hosts of certificates": (
        "Ingress",
        """spec:
  tls: [{hosts: [a.example.org, 10.0.0.1, '']}]
  defaultBackend: {service: {name: a, port: {name: http}}}
""",
        ["wrong-format spec.tls[0].hosts[1] (warning)", "empty-value spec.tls[0].hosts[2]"],
    ),
    "a resource that cannot be": (
        "Ingress",
        "spec: {defaultBackend: {resource: {apiGroup: a/v1, kind: a/b, name: ''}}}",
        [f"wrong-format spec.defaultBackend.resource.{field}" for field in ("kind", "name", "apiGroup")],
    ),
    "a backslash in a path": (
        "Ingress",
        """spec:
  rules: [{http: {paths: [{path: /a/%5c, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}]
""",
        [],
    ),
    "a budget of both": (
        "PodDisruptionBudget",
        "spec: {minAvailable: 1, maxUnavailable: 101%, selector: {matchExpressions: [{key: a, operator: In}]}}",
        [
            "wrong-combination spec.maxUnavailable",
            "out-of-range spec.maxUnavailable",
            "wrong-expression spec.selector.matchExpressions[0]",
        ],
    ),
    "an autoscaler whose goals are of other types": (
        "HorizontalPodAutoscaler",
        SCALED
        % ", ".join(CPU % goal for goal in ("Utilization, averageValue: 1", "AverageValue, averageUtilization: 5")),
        [
            f"wrong-combination {METRIC % 0}.averageValue (warning)",
            f"wrong-combination {METRIC % 1}.averageUtilization (warning)",
        ],
    ),
    "an autoscaler with two goals, with none, and with nothing for a goal": (
        "HorizontalPodAutoscaler",
        SCALED
        % ", ".join(
            CPU % goal for goal in (f"{SHARE}, averageValue: 1", "Utilization", "AverageValue, averageValue: 0")
        ),
        [
            f"wrong-combination {METRIC % 0}.averageValue",
            f"missing-field {METRIC % 1}.type",
            f"out-of-range {METRIC % 2}.averageValue",
        ],
    ),
    "a priority above all": (
        "PriorityClass",
        "{metadata: {name: system-a}, value: 1000000001}",
        ["wrong-format metadata.name", "out-of-range value"],
    ),
    "a class of Kubernetes' own": (
        "PriorityClass",
        "{metadata: {name: system-node-critical}, value: 2000001000}",
        [],
    ),
    "a class of Kubernetes' own that is changed": (
        "PriorityClass",
        "{metadata: {name: system-node-critical}, value: 5, globalDefault: true}",
        ["wrong-priority value", "wrong-priority globalDefault"],
    ),
}


@pytest.mark.parametrize(("kind", "text", "expected"), CASES.values(), ids=CASES)
def test_an_object_is_answered(
    said: Callable[[str, str], list[str]], kind: str, text: str, expected: list[str]
) -> None:
    assert said(kind, text) == expected
