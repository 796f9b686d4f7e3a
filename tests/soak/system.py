"""What runs during the soak: 20 pods of two containers (60 containers with sandboxes) of several kinds.

`render` gives the manifests of one state; the soak's commits move `version` (an environment variable of every
Deployment) and `setting` (the content of the ConfigMap). `render_beside` gives those of a second source, a plain folder
with one pod.
"""

from tests.e2e.manifests import RUN, deployment

PODS = 20
CONTAINERS = 3 * PODS

_DEPLOYMENTS = {"web": 6, "api": 5, "worker": 4}
_BESIDE = 1
_BARE = PODS - sum(_DEPLOYMENTS.values()) - _BESIDE

_CONFIGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings}}
data: {{setting: "{setting}"}}
---
apiVersion: v1
kind: Secret
metadata: {{name: token}}
stringData: {{token: "a secret of {setting}"}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: kept}}
spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Mi}}}}}}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      terminationGracePeriodSeconds: 2
      volumes:
      - {{name: site, emptyDir: {{medium: Memory, sizeLimit: 1Mi}}}}
      - {{name: settings, configMap: {{name: settings}}}}
      - {{name: token, secret: {{secretName: token}}}}
      containers:
      - name: server
        image: IMAGE
        command: [/bin/httpd, -f, -p, "8080", -h, /site]
        env: [{{name: VERSION, value: "{version}"}}]
        resources: {{requests: {{cpu: 10m}}, limits: {{memory: 32Mi, cpu: 200m}}}}
        readinessProbe: {{tcpSocket: {{port: 8080}}, periodSeconds: 2}}
        livenessProbe: {{httpGet: {{port: 8080, path: /}}, periodSeconds: 5}}
        volumeMounts: [{{name: site, mountPath: /site}}, {{name: settings, mountPath: /settings}}]
      - name: writer
        image: IMAGE
        command: [/bin/sh, -c, "echo hello > /site/index.html; {run}"]
        volumeMounts: [{{name: site, mountPath: /site}}, {{name: token, mountPath: /token}}]
"""

_POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: bare-{number}}}
spec:
  terminationGracePeriodSeconds: 2
  volumes: [{{name: data, {volume}}}]
  containers:
  - name: one
    image: IMAGE
    command: [/bin/sh, -c, "{run}"]
    livenessProbe: {{exec: {{command: [/bin/true]}}, periodSeconds: 2}}
    volumeMounts: [{{name: data, mountPath: /data}}]
  - {{name: two, image: IMAGE, command: [/bin/sh, -c, "{run}"], volumeMounts: [{{name: data, mountPath: /data}}]}}
"""


def render_huge(memory: int) -> str:
    """A Deployment of more pods than anybody counts, each of which asks for so many bytes."""
    huge = deployment("huge", replicas=2**31 - 1)
    return huge.replace("requests: {cpu: 10m}, limits: {memory: 32Mi, cpu: 500m}", f"requests: {{memory: {memory}}}")


def render_beside(version: int) -> dict[str, str]:
    """The files of the second source. `IMAGE` stands for the tests' own image."""
    volume = f"emptyDir: {{sizeLimit: {version + 1}Mi}}"
    return {"beside.yaml": _POD.format(number="beside", volume=volume, run=RUN)}


def render(version: int, setting: int) -> dict[str, str]:
    """The files of a commit. `IMAGE` stands for the tests' own image."""
    files = {"configs.yaml": _CONFIGS.format(setting=setting)}
    for name, replicas in _DEPLOYMENTS.items():
        files[f"{name}.yaml"] = _DEPLOYMENT.format(name=name, replicas=replicas, version=version, run=RUN)
    for number in range(_BARE):
        volume = "persistentVolumeClaim: {claimName: kept}" if number == 0 else "emptyDir: {}"
        files[f"bare-{number}.yaml"] = _POD.format(number=number, volume=volume, run=RUN)
    return files
