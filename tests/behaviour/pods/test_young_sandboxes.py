"""A new sandbox that is not as written is not replaced at full speed, and neither are its containers."""

from dataclasses import replace

from tests.support.simulation import desired_from, simulation

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {name: main, image: "web:1"}
"""


def test_its_containers_are_left_alone_until_the_pod_starts_anew() -> None:
    with simulation() as world:
        world.desired = desired_from(POD)
        world.converge()
        first = world.find("web").id
        sandbox = world.engine.containers[first]
        sandbox.config = replace(sandbox.config, hostname="other")
        main = world.engine.containers[world.find("web", "main").id]
        main.config = replace(main.config, working_dir="/other")
        plan = world.run_pass()
        assert plan.steps == ()
        assert plan.wake_at is not None
        world.clock.advance(11)
        world.converge()
        assert world.find("web").id != first
