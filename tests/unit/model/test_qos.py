"""The quality of service class of a pod, by the requests and limits of its containers."""

import pytest
import yaml

from gitpod_sync.model.base.codec import decode
from gitpod_sync.model.pods.pod import PodSpec
from gitpod_sync.model.pods.qos import QosClass, compute_qos_class

FULL = "{limits: {cpu: 1, memory: 1Gi}}"
CASES = [
    (["{}"], QosClass.BEST_EFFORT),
    (["{limits: {nvidia.com/gpu: 1}}"], QosClass.BEST_EFFORT),
    (["{requests: {cpu: 0}}", "{}"], QosClass.BEST_EFFORT),
    ([FULL], QosClass.GUARANTEED),
    ([FULL, "{limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 1000m, memory: 1024Mi}}"], QosClass.GUARANTEED),
    ([FULL, "{}"], QosClass.BURSTABLE),
    (["{limits: {memory: 1Gi}}"], QosClass.BURSTABLE),
    (["{limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 500m}}"], QosClass.BURSTABLE),
    (["{requests: {cpu: 1, memory: 1Gi}}"], QosClass.BURSTABLE),
]


@pytest.mark.parametrize(("resources", "expected"), CASES)
def test_a_pod_is_guaranteed_what_all_of_its_containers_request_as_their_limit(
    resources: list[str], expected: QosClass
) -> None:
    containers = [
        {"name": f"c{number}", "image": "web:1", "resources": yaml.safe_load(each)}
        for number, each in enumerate(resources)
    ]
    assert compute_qos_class(decode(PodSpec, {"containers": containers})) is expected
