"""Whatever befalls a pod: order is kept, nothing runs twice, grace is never skipped.

The promises are held at every single operation, while containers are killed and removed, answer badly, while calls
fail, the process dies between two operations, and time passes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.engines.memory.containers import Behaviour, SimulatedContainer
from gitpod_sync.engines.protocol import Execution
from gitpod_sync.errors import EngineError
from gitpod_sync.model.base import labels
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.observed import ContainerStatus
from gitpod_sync.operations import operations as op
from tests.support.examples import examples
from tests.support.simulation import Crash, Simulation, desired_from, simulation

GRACE = 20.0
ORDER = ("prepare", "proxy", "migrate", "logger", "main")
RUN_TO_AN_END = {"prepare", "migrate"}


def manifests(version: int) -> Desired:
    return desired_from(f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 20
      initContainers:
      - {{name: prepare, image: "prepare:1"}}
      - name: proxy
        image: "proxy:1"
        restartPolicy: Always
        startupProbe: {{exec: {{command: [check]}}, periodSeconds: 2, failureThreshold: 50}}
        lifecycle: {{postStart: {{exec: {{command: [hello]}}}}, preStop: {{sleep: {{seconds: 3}}}}}}
      - {{name: migrate, image: "migrate:1"}}
      - {{name: logger, image: "logger:1", restartPolicy: Always}}
      containers:
      - name: main
        image: "main:{version}"
        readinessProbe: {{exec: {{command: [check]}}, periodSeconds: 2}}
        livenessProbe: {{exec: {{command: [check]}}, periodSeconds: 4}}
        lifecycle: {{preStop: {{exec: {{command: [bye]}}}}}}
""")


class Witness:
    """Sees every operation before it is done, and holds it to the promises."""

    def __init__(self, world: Simulation) -> None:
        self._world = world
        self._succeeded: dict[str, set[str]] = defaultdict(set)
        self._started: dict[str, set[str]] = defaultdict(set)
        self._warned: dict[str, float] = {}
        self.then: Callable[[op.Operation], None] = lambda _operation: None
        end = world.engine.end

        def witnessed(container: SimulatedContainer, exit_code: int, at: float | None = None) -> None:
            if exit_code == 0:
                self._succeeded[container.labels.get(labels.UID, "")].add(container.labels.get(labels.CONTAINER, ""))
            end(container, exit_code, at)

        execute = world.engine.execute_command

        def warned(container: str, command: tuple[str, ...], timeout: float | None, series: str = "") -> Execution:
            self._warn([container])
            return execute(container, command, timeout, series)

        world.engine.end = witnessed  # type: ignore[method-assign]
        world.engine.execute_command = warned  # type: ignore[method-assign]
        world.engine.before = self.see

    def see(self, operation: op.Operation) -> None:
        match operation:
            case op.StartContainer(name=name):
                self._see_start(self._find(name))
            case op.RenameContainer(id=identifier, name=name) if name.endswith("_ending"):
                uid = self._world.engine.containers[identifier].labels[labels.UID]
                self._warn(each.id for each in self._ours() if each.labels[labels.UID] == uid)
            case op.SignalContainer(id=identifier, signal="SIGKILL") | op.RemoveContainer(id=identifier):
                self._see_kill(identifier)
            case op.SignalContainer(id=identifier):
                self._warn([identifier])
            case _:
                pass
        self.then(operation)

    def _see_start(self, container: SimulatedContainer | None) -> None:
        if container is None or labels.CONTAINER not in container.labels:
            return
        uid, name = container.labels[labels.UID], container.labels[labels.CONTAINER]
        for other in self._ours():
            same = (other.labels[labels.UID], other.labels[labels.CONTAINER]) == (uid, name)
            assert not (same and other.alive and other is not container), "two attempts at once"
        before = ORDER[: ORDER.index(name)]
        assert self._succeeded[uid] >= RUN_TO_AN_END.intersection(before), f"{name} before an init container"
        assert self._started[uid] >= set(before), f"{name} before a sidecar"
        self._started[uid].add(name)

    def _see_kill(self, identifier: str) -> None:
        container = self._world.engine.containers.get(identifier)
        if container is None or not container.alive or labels.CONTAINER not in container.labels:
            return
        assert identifier in self._warned, "killed without a warning"
        assert self._world.clock() - self._warned[identifier] >= GRACE, "killed before its time"

    def _warn(self, identifiers: Iterable[str]) -> None:
        for identifier in identifiers:
            self._warned.setdefault(identifier, self._world.clock())

    def _ours(self) -> list[SimulatedContainer]:
        return [each for each in self._world.engine.containers.values() if labels.CONTAINER in each.labels]

    def _find(self, name: str) -> SimulatedContainer | None:
        return next((each for each in self._world.engine.containers.values() if each.name == name), None)


EVENTS = st.one_of(
    st.tuples(st.sampled_from(["kill", "stop", "remove", "pause"]), st.integers(0, 20)),
    st.tuples(st.sampled_from(["push", "fail", "crash", "sick", "well"]), st.integers(1, 3)),
    st.tuples(st.just("time"), st.sampled_from([1, 5, 30])),
)
SICK = Behaviour(answers_well={"liveness": (0, 0), "readiness": (0, 0), "bye": (0, 0)}, ignores_term=True)


def befall(world: Simulation, witness: Witness, what: str, number: int) -> None:
    match what:
        case "time":
            for _ in range(number):
                world.clock.advance(1)
                world.run_pass()
        case "push":
            world.desired = manifests(number)
        case "sick" | "well":
            behaviour = SICK if what == "sick" else Behaviour()
            world.engine.behaviours |= {f"main:{version}": behaviour for version in (1, 2, 3)}
            for container in world.engine.containers.values():
                if container.labels.get(labels.CONTAINER) == "main":
                    container.behaviour = behaviour
        case "fail" | "crash":
            _interrupt(world, witness, number, crash=what == "crash")
        case _:
            _lay_a_hand_on(world, what, number)


def _interrupt(world: Simulation, witness: Witness, after: int, *, crash: bool) -> None:
    left = [after]

    def interrupt(_operation: op.Operation) -> None:
        left[0] -= 1
        if crash and left[0] < 0:
            raise Crash
        if not crash and left[0] >= 0:
            raise EngineError("no")

    witness.then = interrupt
    try:
        world.run_pass()
    except Crash:
        world.restarted()
    finally:
        witness.then = lambda _operation: None


def _lay_a_hand_on(world: Simulation, verb: str, index: int) -> None:
    alive = [each for each in world.engine.observe(frozenset()).containers if each.status is ContainerStatus.RUNNING]
    if alive:
        getattr(world.hand, verb)(alive[index % len(alive)].id)


@given(events=st.lists(EVENTS, max_size=15))
@examples(100)
def test_order_is_kept_nothing_runs_twice_and_grace_is_never_skipped(events: list[tuple[str, int]]) -> None:
    with simulation() as world:
        witness = Witness(world)
        world.engine.behaviours = {
            "prepare:1": Behaviour(exits_after=3),
            "migrate:1": Behaviour(exits_after=3),
            "proxy:1": Behaviour(answers_well={"startup": (4, None)}),
        }
        world.desired = manifests(1)
        world.converge()
        for what, number in events:
            befall(world, witness, what, number)
            world.run_pass()
        befall(world, witness, "well", 1)
        world.desired = manifests(3)
        world.converge()
        assert not world.run_pass().steps
        main = [each for each in world.alive() if each.labels[labels.CONTAINER] == "main"]
        assert [each.config.image for each in main] == ["main:3", "main:3"]
        assert len(world.alive()) == 6

        world.desired = desired_from("")
        world.converge()
        assert not world.engine.containers
