"""Real software in pods, as people run it: a web server, a cache and a database from Debian packages."""

import base64
import contextlib
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from docker import APIClient
from docker.errors import APIError

from tests.e2e.debian_image import import_debian_image
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

SOFTWARE = {
    "nginx": ("nginx", "nginx-common"),
    "redis": ("redis-server", "redis-tools"),
    "postgres": ("postgresql", "tzdata"),
}


@pytest.fixture
def software(stage: Stage, request: pytest.FixtureRequest) -> Iterator[str]:
    """The image of what the test is about; it goes with the test."""
    name = request.param
    reference = f"gitpod-sync-test/{name}:{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    import_debian_image(stage.client, reference, SOFTWARE[name])
    yield reference
    stage.leave_nothing()
    with contextlib.suppress(APIError):
        stage.client.remove_image(reference)


NGINX = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: nginx}
data:
  nginx.conf: |
    pid /tmp/nginx.pid;
    error_log stderr;
    events {}
    http {
      access_log off;
      client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/fastcgi;
      uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
      server {
        listen 8080;
        root /site;
        location /healthz { return 200 "well"; }
        location / { auth_basic members; auth_basic_user_file /etc/nginx/members/htpasswd; }
      }
    }
---
apiVersion: v1
kind: ConfigMap
metadata: {name: site}
data: {index.html: "PAGE\\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: members}
stringData: {htpasswd: "ada:{PLAIN}lovelace"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  strategy: {type: Recreate}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 10
      securityContext: {runAsUser: 999, runAsGroup: 999, runAsNonRoot: true, fsGroup: 999}
      volumes:
      - {name: config, configMap: {name: nginx}}
      - {name: site, configMap: {name: site}}
      - {name: members, secret: {secretName: members, defaultMode: 0400}}
      - {name: tmp, emptyDir: {medium: Memory}}
      containers:
      - name: nginx
        image: SOFTWARE
        imagePullPolicy: Never
        command: [nginx, -c, /etc/nginx/own/nginx.conf, -g, "daemon off;"]
        ports: [{name: http, containerPort: 8080, hostPort: PORT, hostIP: 127.0.0.1}]
        securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        readinessProbe: {httpGet: {path: /healthz, port: http}, periodSeconds: 1}
        livenessProbe: {httpGet: {path: /healthz, port: http}, periodSeconds: 2, initialDelaySeconds: 1}
        lifecycle: {preStop: {exec: {command: [nginx, -c, /etc/nginx/own/nginx.conf, -s, quit]}}}
        volumeMounts:
        - {name: config, mountPath: /etc/nginx/own}
        - {name: site, mountPath: /site}
        - {name: members, mountPath: /etc/nginx/members}
        - {name: tmp, mountPath: /tmp}
"""


@pytest.mark.parametrize("software", ["nginx"], indirect=True)
def test_nginx_serves_what_git_says_to_those_who_know_the_secret(stage: Stage, software: str, free_port: int) -> None:
    manifests = NGINX.replace("SOFTWARE", software).replace("PORT", str(free_port))
    stage.push({"web.yaml": manifests.replace("PAGE", "first")})
    with stage.daemon():
        eventually(lambda: fetch(free_port, "ada:lovelace") == "first\n", what="the page")
        assert fetch(free_port, "ada:byron") == "401"
        stage.push({"web.yaml": manifests.replace("PAGE", "second")})
        eventually(lambda: fetch(free_port, "ada:lovelace") == "second\n", what="the page of the next commit")
        stage.wait_settled()
        (container,) = stage.running("web")
        assert container.labels["gitpod-sync.io/attempt"] == "0", "no restart was needed"
        assert "lovelace" not in stage.log() + stage.ask("events")


def fetch(port: int, user: str) -> str:
    """The page, or the status of what is not well."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/")
    request.add_header("Authorization", f"Basic {base64.b64encode(user.encode()).decode()}")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            text: str = answer.read().decode()
            return text
    except urllib.error.HTTPError as error:
        return str(error.code)
    except OSError:
        return ""


REDIS = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, annotations: {gitpod-sync.io/delete-volume: "true"}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cache}
spec:
  selector: {matchLabels: {app: cache}}
  strategy: {type: Recreate}
  template:
    metadata: {labels: {app: cache}, annotations: {round: "ROUND"}}
    spec:
      securityContext: {runAsUser: 999, fsGroup: 999}
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
      containers:
      - name: redis
        image: SOFTWARE
        imagePullPolicy: Never
        command: [redis-server]
        args: [--dir, /data, --appendonly, "yes", --bind, 0.0.0.0, --protected-mode, "no"]
        ports: [{containerPort: 6379}]
        resources: {limits: {memory: 64Mi}}
        readinessProbe: {exec: {command: [redis-cli, ping]}, periodSeconds: 1}
        livenessProbe: {tcpSocket: {port: 6379}, periodSeconds: 5}
        volumeMounts: [{name: data, mountPath: /data}]
"""


@pytest.mark.parametrize("software", ["redis"], indirect=True)
def test_redis_keeps_its_data_in_its_claim_over_a_new_pod(stage: Stage, software: str) -> None:
    manifests = REDIS.replace("SOFTWARE", software)
    stage.push({"cache.yaml": manifests.replace("ROUND", "1")})
    with stage.daemon():
        eventually(lambda: ready(stage, "cache"), what="redis is ready")
        assert execute(stage, "cache", "redis-cli", "set", "colour", "green") == "OK"
        (before,) = stage.running("cache")
        stage.push({"cache.yaml": manifests.replace("ROUND", "2")})
        eventually(lambda: before.pod not in {each.pod for each in stage.seen()}, what="the first pod is gone")
        eventually(lambda: ready(stage, "cache"), what="its successor is ready")
        assert execute(stage, "cache", "redis-cli", "get", "colour") == "green"
        stage.client.kill(stage.running("cache")[0].id)
        eventually(lambda: ready(stage, "cache") and stage.running("cache"), what="it runs again")
        assert execute(stage, "cache", "redis-cli", "get", "colour") == "green"


POSTGRES = """\
apiVersion: v1
kind: Secret
metadata: {name: database}
stringData: {password: "correct horse"}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, annotations: {gitpod-sync.io/delete-volume: "true"}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 256Mi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  strategy: {type: Recreate}
  template:
    metadata: {labels: {app: db}, annotations: {round: "ROUND"}}
    spec:
      terminationGracePeriodSeconds: 30
      securityContext: {runAsUser: 999, runAsGroup: 999, fsGroup: 999, fsGroupChangePolicy: OnRootMismatch}
      volumes:
      - {name: data, persistentVolumeClaim: {claimName: data}}
      - {name: run, emptyDir: {medium: Memory}}
      - {name: password, secret: {secretName: database}}
      initContainers:
      - name: initialize
        image: SOFTWARE
        imagePullPolicy: Never
        command:
        - sh
        - -c
        - |
          export PATH=$PATH:$(echo /usr/lib/postgresql/*/bin)
          mkdir -p /data/main
          chmod 0700 /data/main
          [ -e /data/main/PG_VERSION ] && exit 0
          initdb -D /data/main -U app --pwfile=/password/password --auth=scram-sha-256 --no-sync --locale=C
        volumeMounts:
        - {name: data, mountPath: /data}
        - {name: password, mountPath: /password, readOnly: true}
      containers:
      - name: postgres
        image: SOFTWARE
        imagePullPolicy: Never
        command: [sh, -c, "exec /usr/lib/postgresql/*/bin/postgres -D /data/main -k /run/postgresql -h '*'"]
        env:
        - {name: PGUSER, value: app}
        - {name: PGDATABASE, value: postgres}
        - {name: PGHOST, value: /run/postgresql}
        - {name: PGPASSWORD, valueFrom: {secretKeyRef: {name: database, key: password}}}
        ports: [{containerPort: 5432}]
        readinessProbe:
          exec: {command: [sh, -c, "/usr/lib/postgresql/*/bin/pg_isready"]}
          periodSeconds: 1
        lifecycle:
          preStop: {exec: {command: [sh, -c, "/usr/lib/postgresql/*/bin/pg_ctl stop -D /data/main -m fast -W"]}}
        volumeMounts:
        - {name: data, mountPath: /data}
        - {name: run, mountPath: /run/postgresql}
"""


@pytest.mark.parametrize("software", ["postgres"], indirect=True)
def test_postgres_is_ended_fast_by_its_hook_and_finds_its_data_again(stage: Stage, software: str) -> None:
    manifests = POSTGRES.replace("SOFTWARE", software)
    stage.push({"db.yaml": manifests.replace("ROUND", "1")})
    with stage.daemon():
        eventually(lambda: ready(stage, "db"), what="postgres is ready")
        sql(stage, "create table t (colour text); insert into t values ('green')")
        (before,) = stage.running("db", "postgres")
        # A client that stays would keep a database that is told to end by TERM alone waiting for it.
        stay = stage.client.exec_create(
            before.id, ["sh", "-c", "/usr/lib/postgresql/*/bin/psql -c 'select pg_sleep(300)'"]
        )
        stage.client.exec_start(stay["Id"], detach=True)
        eventually(lambda: sql(stage, "select count(*) from pg_stat_activity where query like '%pg_sleep(300)'") != "0")
        began = time.monotonic()
        stage.push({"db.yaml": manifests.replace("ROUND", "2")})
        eventually(lambda: before.pod not in {each.pod for each in stage.seen()}, what="the first pod is gone")
        assert time.monotonic() - began < 20, "the hook, and not the end of its grace period, has ended it"
        eventually(lambda: ready(stage, "db"), what="its successor is ready")
        assert sql(stage, "select colour from t") == "green"
        stage.wait_settled()
        assert "correct horse" not in stage.log() + stage.ask("events") + stage.ask("diff")


def ready(stage: Stage, workload: str) -> bool:
    lines = stage.ask("get", "pods").splitlines()[1:]
    return [line.split()[1:3] for line in lines if line.startswith(f"{workload}-")] == [["1/1", "Running"]]


def execute(stage: Stage, workload: str, *command: str) -> str:
    (container,) = stage.running(workload)
    return run_in(stage.client, container.id, command)


def sql(stage: Stage, statement: str) -> str:
    (container,) = stage.running("db", "postgres")
    script = '/usr/lib/postgresql/*/bin/psql --no-align --tuples-only --quiet --command "$0"'
    return run_in(stage.client, container.id, ("sh", "-c", script, statement))


def run_in(client: APIClient, container: str, command: tuple[str, ...]) -> str:
    made = client.exec_create(container, list(command))
    output: str = client.exec_start(made["Id"]).decode()
    assert client.exec_inspect(made["Id"])["ExitCode"] == 0, output
    return output.strip()
