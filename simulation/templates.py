"""Drawn pod templates."""

from dataclasses import replace

from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.pods.config_volumes import ConfigMapVolume
from gitpod_sync.model.pods.env import EnvVar, EnvVarSource, KeyRef
from gitpod_sync.model.pods.pod import Container, EmptyDir, PodSpec, PodTemplate, RestartPolicy, Volume, VolumeMount
from gitpod_sync.model.pods.probe import ExecAction, Lifecycle, LifecycleHandler, Probe, SleepAction
from simulation.draw import Draw
from simulation.programs import BAD, BROKEN, DEAF, SHORT, image_of, program_of

CONFIG = "config"
"""The ConfigMap that drawn templates refer to."""

SECRET = "credentials"
"""The Secret that drawn templates refer to."""

QUESTION = ExecAction(("/bin/ask",))


def draw_template(draw: Draw, name: str, version: int, *, plain: bool = False) -> PodTemplate:
    """A template of a service. A `plain` one has no hooks and starts at once."""
    containers = [_draw_container(draw, "main", name, version)]
    if draw.chance(25):
        containers.append(Container("second", image_of(name, version)))
    volumes = []
    if draw.chance(30):
        volumes.append(Volume("data", empty_dir=EmptyDir()))
        containers[0] = replace(containers[0], volume_mounts=(VolumeMount("data", "/data"),))
    if draw.chance(15):
        volumes.append(Volume("files", config_map=ConfigMapVolume(CONFIG)))
        containers[0] = replace(
            containers[0], volume_mounts=(*containers[0].volume_mounts, VolumeMount("files", "/files"))
        )
    init = () if plain else _draw_init(draw, name)
    spec = PodSpec(
        tuple(containers),
        volumes=tuple(volumes),
        termination_grace_period_seconds=draw.one_of([0, 2, 5, 30]),
        init_containers=init,
    )
    template = PodTemplate(spec, ObjectMeta(labels={"app": name}))
    return with_image(template, image_of(name, version, draw_program(draw) if draw.chance(25) else ""))


def with_image(template: PodTemplate, image: str) -> PodTemplate:
    """The same with another image in its first container; a broken one needs somebody who asks."""
    first, *others = template.spec.containers
    first = replace(first, image=image)
    if program_of(image) == BROKEN and first.readiness_probe is None:
        first = replace(first, readiness_probe=Probe(exec=QUESTION, period_seconds=5))
    return replace(template, spec=replace(template.spec, containers=(first, *others)))


def is_bad(template: PodTemplate) -> bool:
    """Whether its pods can never be ready."""
    return any(program_of(each.image) in BAD for each in template.spec.all_containers)


def draw_program(draw: Draw) -> str:
    """What a new version of a service does: mostly what it should."""
    return draw.one_of(["", "", "", "", DEAF, DEAF, *BAD])


def tell_template(template: PodTemplate) -> str:
    """In words: what matters of it."""
    spec = template.spec
    words = [" + ".join(each.image for each in spec.containers)]
    words += [f"{len(spec.init_containers)} init"] if spec.init_containers else []
    main = spec.containers[0]
    probes = {"startup": main.startup_probe, "readiness": main.readiness_probe, "liveness": main.liveness_probe}
    words += [f"{kind} probe every {probe.period_seconds} s" for kind, probe in probes.items() if probe]
    words += ["preStop"] if main.lifecycle.pre_stop else []
    words += [f"grace {spec.termination_grace_period_seconds} s"]
    words += [f"restart {spec.restart_policy}"] if spec.restart_policy is not RestartPolicy.ALWAYS else []
    return ", ".join(words)


def _draw_container(draw: Draw, container: str, name: str, version: int) -> Container:
    env = []
    if draw.chance(40):
        env.append(EnvVar("PASSWORD", value_from=EnvVarSource(secret_key_ref=KeyRef(SECRET, "password"))))
    if draw.chance(20):
        env.append(EnvVar("MODE", value_from=EnvVarSource(config_map_key_ref=KeyRef(CONFIG, "mode"))))
    # A command that holds a Secret's value is what engines repeat when they cannot run it.
    told = bool(env) and env[0].name == "PASSWORD" and draw.chance(60)
    return Container(
        container,
        image_of(name, version),
        command=("/bin/serve", "$(PASSWORD)") if told else None,
        env=tuple(env),
        readiness_probe=_draw_probe(draw, 35),
        liveness_probe=_draw_probe(draw, 15),
        startup_probe=_draw_probe(draw, 10),
        lifecycle=Lifecycle(pre_stop=LifecycleHandler(sleep=SleepAction(3))) if draw.chance(20) else Lifecycle(),
    )


def _draw_probe(draw: Draw, of_a_hundred: int) -> Probe | None:
    if not draw.chance(of_a_hundred):
        return None
    return Probe(exec=QUESTION, period_seconds=draw.one_of([2, 5, 10]), failure_threshold=draw.between(1, 3))


def _draw_init(draw: Draw, name: str) -> tuple[Container, ...]:
    found = []
    if draw.chance(12):
        found.append(Container("prepare", image_of(f"{name}-init", 1, SHORT)))
    if draw.chance(12):
        found.append(Container("sidecar", image_of(f"{name}-sidecar", 1), restart_policy=RestartPolicy.ALWAYS))
    return tuple(found)
