"""A pod as described, from the JSON of Kubernetes: what the model does not know yet is shown as well."""

from typing import Any

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.event import Event, EventType, RecordedEvent
from gitpod_sync.resources.descriptions.pod import describe_pod

POD: dict[str, Any] = {
    "metadata": {
        "name": "web-1",
        "namespace": "default",
        "labels": {"app": "web", "tier": "front"},
        "creationTimestamp": "2026-01-31T12:00:00Z",
        "ownerReferences": [{"kind": "Deployment", "name": "web"}],
    },
    "spec": {
        "initContainers": [{"name": "prepare", "image": "tool:1"}],
        "containers": [
            {
                "name": "main",
                "image": "web:1",
                "args": ["first", "two\nlines"],
                "ports": [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP", "hostPort": 5353}],
                "livenessProbe": {"httpGet": {"port": 80, "path": "/healthz"}, "periodSeconds": 5},
                "envFrom": [{"secretRef": {"name": "all"}}],
                "env": [
                    {"name": "PLAIN", "value": "x"},
                    {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
                ],
                "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": True, "subPath": "a"}],
            }
        ],
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "claim"}}],
    },
    "status": {
        "phase": "Running",
        "podIP": "10.0.0.2",
        "qosClass": "BestEffort",
        "conditions": [{"type": "Ready", "status": "False"}],
        "containerStatuses": [
            {
                "name": "main",
                "ready": False,
                "restartCount": 4,
                "containerID": "docker://abc",
                "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {
                    "terminated": {"reason": "Error", "exitCode": 3, "startedAt": "2026-01-31T12:00:01Z"},
                },
            }
        ],
    },
}

EXPECTED = """\
Name:             web-1
Namespace:        default
Start Time:       Sat, 31 Jan 2026 12:00:00 +0000
Labels:           app=web
                  tier=front
Annotations:      <none>
Status:           Running
IP:               10.0.0.2
IPs:
  IP:           10.0.0.2
Controlled By:  Deployment/web
Init Containers:
  prepare:
    Container ID:
    Image:          tool:1
    Image ID:
    Port:           <none>
    Host Port:      <none>
    State:          Waiting
      Reason:       ContainerCreating
    Ready:          False
    Restart Count:  0
    Environment:    <none>
    Mounts:         <none>
Containers:
  main:
    Container ID:   docker://abc
    Image:          web:1
    Image ID:
    Ports:          80/TCP, 53/UDP
    Host Ports:     0/TCP, 5353/UDP
    Args:
      first
      two
      lines
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Exit Code:    3
      Started:      Sat, 31 Jan 2026 12:00:01 +0000
    Ready:          False
    Restart Count:  4
    Liveness:       http-get http://:80/healthz delay=0s timeout=1s period=5s #success=1 #failure=3
    Environment Variables from:
      all  Secret  Optional: false
    Environment:
      PLAIN:     x
      PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false
    Mounts:
      /data from data (ro,path='a')
Conditions:
  Type    Status
  Ready   False
Volumes:
  data:
    Type:       PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)
    ClaimName:  claim
QoS Class:                   BestEffort
Node-Selectors:              <none>
Tolerations:                 <none>
Events:
  Type     Reason   Age                 From         Message
  ----     ------   ---                 ----         -------
  Warning  BackOff  10s (x3 over 100s)  gitpod-sync  Back-off restarting failed container main"""


def test_a_pod_reads_as_kubectl_describes_it() -> None:
    event = Event(
        Key("Pod", "default", "web-1"), "BackOff", "Back-off restarting failed container main", EventType.WARNING
    )
    assert describe_pod(POD, [RecordedEvent(event, 3, 900.0, 990.0)], now=1000.0) == EXPECTED


def test_a_pod_that_has_no_container_yet_can_be_described() -> None:
    pod = {**POD, "metadata": {"name": "p", "namespace": "d"}, "status": {"phase": "Pending"}}
    told = describe_pod(pod, [], now=0.0)
    assert "IPs:          <none>" in told
    assert told.endswith("Events:                      <none>")
