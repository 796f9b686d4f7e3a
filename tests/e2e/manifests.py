"""Manifests that the scenarios push. `IMAGE` stands for the tests' own image."""


def deployment(
    name: str = "web",
    *,
    replicas: int = 2,
    version: str = "1",
    surge: str = "1",
    unavailable: str = "0",
    min_ready: int = 0,
    command: str = "trap 'exit 0' TERM; while :; do sleep 1 & wait; done",
) -> str:
    """A Deployment whose pods run for ever and end at once on TERM; `version` is an environment variable."""
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  minReadySeconds: {min_ready}
  selector: {{matchLabels: {{app: {name}}}}}
  strategy:
    type: RollingUpdate
    rollingUpdate: {{maxSurge: {surge}, maxUnavailable: {unavailable}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - name: main
        image: IMAGE
        command: [/bin/sh, -c, "{command}"]
        env: [{{name: VERSION, value: "{version}"}}]
        resources: {{requests: {{cpu: 10m}}, limits: {{memory: 32Mi, cpu: 500m}}}}
"""


def classic_pod(name: str = "classic", *, host_port: int = 0, message: str = "hello") -> str:
    """A web server with a sidecar that writes its page into a volume they share."""
    published = f", hostPort: {host_port}, hostIP: 127.0.0.1" if host_port else ""
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: {name}, labels: {{app: {name}}}}}
spec:
  terminationGracePeriodSeconds: 2
  volumes: [{{name: site, emptyDir: {{}}}}]
  containers:
  - name: server
    image: IMAGE
    command: [/bin/httpd, -f, -p, "8080", -h, /site]
    ports: [{{containerPort: 8080{published}}}]
    volumeMounts: [{{name: site, mountPath: /site, readOnly: true}}]
  - name: writer
    image: IMAGE
    command: [/bin/sh, -c, "trap 'exit 0' TERM; while :; do echo {message} > /site/index.html; sleep 1 & wait; done"]
    volumeMounts: [{{name: site, mountPath: /site}}]
"""


RUN = "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"
"""Runs for ever and ends at once on TERM."""


def bare_pod(name: str, *, pod: str = "", container: str = "", neighbour: str | None = None, command: str = RUN) -> str:
    """A pod with further fields in flow style; with `neighbour` (its fields) it has a second container."""
    main = f'{{name: main, image: IMAGE, command: [/bin/sh, -c, "{command}"], {container}}}'
    other = f'{{name: neighbour, image: IMAGE, command: [/bin/sh, -c, "{RUN}"], {neighbour}}}'
    containers = ", ".join([main, *([] if neighbour is None else [other])])
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec: {{terminationGracePeriodSeconds: 2, containers: [{containers}], {pod}}}
"""
