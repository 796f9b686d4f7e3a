"""Jobs, CronJobs, and when they run."""

from collections.abc import Callable

import pytest

from gitpod_sync.manifests.checks.workloads.job_policies import count_indexes
from gitpod_sync.manifests.checks.workloads.schedules import fault_of_schedule, fault_of_time_zone, never_comes

POD = "template: {spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}}"
LABELLED = (
    "template: {metadata: {labels: {a: b}}, spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}}"
)
LABELS = "spec.template.metadata.labels"
INDEXED = f"completionMode: Indexed, completions: 3, {POD}"
FAIL_JOB = "onExitCodes: {operator: In, values: [1]}"

CASES = {
    "a Job that ends": (POD, []),
    "a Job that restarts for ever": (
        POD.replace("Never", "Always"),
        ["wrong-restart-policy spec.template.spec.restartPolicy"],
    ),
    "a Job that does not say": (
        POD.replace("restartPolicy: Never, ", ""),
        ["wrong-restart-policy spec.template.spec.restartPolicy"],
    ),
    "a selector by hand": (f"manualSelector: true, selector: {{matchLabels: {{a: b}}}}, {LABELLED}", []),
    "a selector by hand that is not there": (f"manualSelector: true, {POD}", ["missing-field spec.selector"]),
    "a selector by hand that misses": (
        f"manualSelector: true, selector: {{matchLabels: {{a: c}}}}, {LABELLED}",
        ["selector-mismatch spec.template.metadata.labels.a"],
    ),
    "a selector by hand that is not said to be one": (
        f"selector: {{matchLabels: {{a: b}}}}, {LABELLED}",
        ["wrong-combination spec.selector"],
    ),
    "a selector that the Job completes": (f"selector: {{}}, {POD}", []),
    "a selector of the labels that the Job gives": (f"selector: {{matchLabels: {{job-name: web}}}}, {POD}", []),
    "a selector of labels that the Job does not give": (
        f"selector: {{matchExpressions: [{{key: a, operator: DoesNotExist}}]}}, {LABELLED}",
        ["wrong-combination spec.selector"],
    ),
    "a selector of a UID": (
        f"selector: {{matchLabels: {{controller-uid: 4d5e6f}}}}, {POD}",
        ["wrong-combination spec.selector"],
    ),
    "labels that the Job gives, as it gives them": (
        LABELLED.replace("{a: b}", "{job-name: web, batch.kubernetes.io/job-name: web}"),
        [],
    ),
    "labels that the Job gives, otherwise": (
        LABELLED.replace("{a: b}", "{job-name: a, controller-uid: b}"),
        ["reserved-label " + LABELS + each for each in ("['job-name']", "['controller-uid']")],
    ),
    "labels that nobody gives where selectors are made by hand": (
        "manualSelector: true, selector: {matchLabels: {job-name: a}}, " + LABELLED.replace("{a: b}", "{job-name: a}"),
        [],
    ),
    "indexes that nobody counts": (f"completionMode: Indexed, {POD}", ["missing-field spec.completions"]),
    "limits of indexes without indexes": (
        f"backoffLimitPerIndex: 1, maxFailedIndexes: 1, {POD}",
        ["wrong-combination spec.backoffLimitPerIndex", "wrong-combination spec.maxFailedIndexes"],
    ),
    "more failed indexes than indexes": (
        f"backoffLimitPerIndex: 1, maxFailedIndexes: 4, {INDEXED}",
        ["out-of-range spec.maxFailedIndexes"],
    ),
    "failed indexes that are not counted": (
        f"maxFailedIndexes: 1, {INDEXED}",
        ["missing-field spec.backoffLimitPerIndex"],
    ),
    "a limit of indexes whose pods restart": (
        f"backoffLimitPerIndex: 1, {INDEXED.replace('Never', 'OnFailure')}",
        ["wrong-restart-policy spec.template.spec.restartPolicy (warning)"],
    ),
    "too wide": (f"parallelism: 100001, {INDEXED}", ["out-of-range spec.parallelism"]),
    "too wide for so many": (
        f"parallelism: 10001, backoffLimitPerIndex: 1, {INDEXED.replace('3', '100001')}",
        ["out-of-range spec.parallelism", "out-of-range spec.maxFailedIndexes"],
    ),
    "a failure policy": (f"podFailurePolicy: {{rules: [{{action: FailJob, {FAIL_JOB}}}]}}, {POD}", []),
    "a failure policy of pods that restart": (
        f"podFailurePolicy: {{rules: []}}, {POD.replace('Never', 'OnFailure')}",
        ["wrong-restart-policy spec.template.spec.restartPolicy"],
    ),
    "a rule without a condition": (
        f"podFailurePolicy: {{rules: [{{action: Ignore}}]}}, {POD}",
        ["missing-field spec.podFailurePolicy.rules[0]"],
    ),
    "a rule with two conditions": (
        f"podFailurePolicy: {{rules: [{{action: Ignore, {FAIL_JOB}, onPodConditions: [{{type: A}}]}}]}}, {POD}",
        ["wrong-combination spec.podFailurePolicy.rules[0]"],
    ),
    "an index fails only where there are any": (
        f"podFailurePolicy: {{rules: [{{action: FailIndex, {FAIL_JOB}}}]}}, {INDEXED}",
        ["wrong-combination spec.podFailurePolicy.rules[0].action"],
    ),
    "exit codes out of order": (
        f"podFailurePolicy: {{rules: [{{action: Ignore, onExitCodes: {{operator: In, values: [2, 0]}}}}]}}, {POD}",
        [
            "wrong-order spec.podFailurePolicy.rules[0].onExitCodes.values",
            "out-of-range spec.podFailurePolicy.rules[0].onExitCodes.values",
        ],
    ),
    "exit codes of a container that is not there": (
        "podFailurePolicy: {rules: [{action: Ignore, onExitCodes: {containerName: a, operator: In, values: [2]}}]}, "
        + POD,
        ["unknown-container spec.podFailurePolicy.rules[0].onExitCodes.containerName"],
    ),
    "exit codes of a container without a name": (
        "podFailurePolicy: {rules: [{action: Ignore, onExitCodes: {containerName: '', operator: In, values: [2]}}]}, "
        + POD,
        ["unknown-container spec.podFailurePolicy.rules[0].onExitCodes.containerName"],
    ),
    "a replacement before the failure": (
        f"podReplacementPolicy: TerminatingOrFailed, podFailurePolicy: {{rules: []}}, {POD}",
        ["wrong-combination spec.podReplacementPolicy"],
    ),
    "success by index": (f"successPolicy: {{rules: [{{succeededIndexes: '0,2', succeededCount: 1}}]}}, {INDEXED}", []),
    "success by index without indexes": (
        f"successPolicy: {{rules: [{{succeededCount: 0}}]}}, {POD}",
        ["wrong-combination spec.successPolicy"],
    ),
    "success of nothing": (
        f"successPolicy: {{rules: [{{}}]}}, {INDEXED}",
        ["missing-field spec.successPolicy.rules[0]"],
    ),
    "success that comes with the first": (f"successPolicy: {{rules: [{{succeededCount: 0}}]}}, {INDEXED}", []),
    "success of indexes that are not named": (
        f"successPolicy: {{rules: [{{succeededIndexes: ''}}]}}, {INDEXED}",
        ["wrong-format spec.successPolicy.rules[0].succeededIndexes (warning)"],
    ),
    "success of more than there are": (
        "successPolicy: {rules: [{succeededIndexes: 0-1, succeededCount: 3}, {succeededIndexes: '3'}]}, " + INDEXED,
        [
            "out-of-range spec.successPolicy.rules[0].succeededCount",
            "wrong-format spec.successPolicy.rules[1].succeededIndexes",
        ],
    ),
    "pods at once on one port of the node": (
        "parallelism: 2, " + POD.replace("busybox", "busybox, ports: [{containerPort: 80, hostPort: 80}]"),
        ["host-port-shared spec.template.spec.containers[0].ports[0].hostPort (warning)"],
    ),
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_a_job_is_answered(said: Callable[[str, str], list[str]], spec: str, expected: list[str]) -> None:
    assert said("Job", f"spec: {{{spec}}}") == expected


@pytest.mark.parametrize(
    ("kind", "name", "spec", "expected"),
    [
        ("Job", "a" * 63, POD, []),
        ("Job", "a" * 64, POD, ["too-long metadata.name"]),
        ("Job", "a" * 62, INDEXED, ["too-long metadata.name"]),
        ("Job", "a.b", INDEXED, ["wrong-format metadata.name"]),
        ("Job", "a.b", INDEXED.replace("3", "0"), []),
        ("CronJob", "a" * 52, f"schedule: '@daily', jobTemplate: {{spec: {{{POD}}}}}", []),
        ("CronJob", "a" * 53, f"schedule: '@daily', jobTemplate: {{spec: {{{POD}}}}}", ["too-long metadata.name"]),
    ],
)
def test_names_leave_room_for_what_is_added(
    said: Callable[[str, str], list[str]], kind: str, name: str, spec: str, expected: list[str]
) -> None:
    assert said(kind, f"metadata: {{name: {name}}}\nspec: {{{spec}}}") == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (f"schedule: 'a', jobTemplate: {{spec: {{{POD}}}}}", ["wrong-schedule spec.schedule"]),
        (f"schedule: '0 0 31 2 *', jobTemplate: {{spec: {{{POD}}}}}", ["wrong-schedule spec.schedule (warning)"]),
        (
            f"schedule: '@daily', timeZone: Europe/Berln, jobTemplate: {{spec: {{{POD}}}}}",
            ["wrong-time-zone spec.timeZone"],
        ),
        (
            f"schedule: '@daily', startingDeadlineSeconds: 5, jobTemplate: {{spec: {{{POD}}}}}",
            ["short-deadline spec.startingDeadlineSeconds (warning)"],
        ),
        (
            f"schedule: '@daily', jobTemplate: {{spec: {{manualSelector: true, {POD}}}}}",
            ["wrong-combination spec.jobTemplate.spec.manualSelector"],
        ),
        (
            f"schedule: '@daily', jobTemplate: {{spec: {{selector: {{}}, {POD}}}}}",
            ["wrong-combination spec.jobTemplate.spec.selector"],
        ),
        (
            f"schedule: '@daily', jobTemplate: {{spec: {{{POD.replace('Never', 'Always')}}}}}",
            ["wrong-restart-policy spec.jobTemplate.spec.template.spec.restartPolicy"],
        ),
    ],
)
def test_a_cron_job_is_answered(said: Callable[[str, str], list[str]], spec: str, expected: list[str]) -> None:
    assert said("CronJob", f"spec: {{{spec}}}") == expected


@pytest.mark.parametrize(
    "schedule",
    [
        *(
            "* * * * *",
            "*/5 0-23/2 1,15 jan-MAR mon-fri",
            "0 0 ? * SUN",
            "  0  3 * * 1 ",
            "59 23 31 12 6",
            "5/15 * * * *",
        ),
        *("@hourly", "@every 1h30m", "@annually"),
    ],
)
def test_a_schedule_is_understood(schedule: str) -> None:
    assert fault_of_schedule(schedule) is None


@pytest.mark.parametrize(
    ("schedule", "message", "hint"),
    [
        ("* * * *", "4 fields instead of 5", "minute, hour"),
        ("* * * * * *", "6 fields instead of 5", "minute, hour"),
        ("", "0 fields", "minute"),
        ("60 * * * *", "`60` is not a valid minute", "0 to 59"),
        ("* 24 * * *", "`24` is not a valid hour", "0 to 23"),
        ("* * 0 * *", "`0` is not a valid day of month", "1 to 31"),
        ("* * * 13 *", "`13` is not a valid month", "jan to dec"),
        ("* * * * 7", "`7` is not a valid day of week", "0 for Sunday"),
        ("* * * * monday", "`monday` is not a valid day of week", "sun to sat"),
        ("*/0 * * * *", "the step", "*/5"),
        ("*/a * * * *", "the step", "*/5"),
        ("5- * * * *", "`` is not a valid minute", "0 to 59"),
        ("0 22-6 * * *", "begins after its end", "22-23,0-6"),
        ("* * L * *", "`L` is not a valid day of month", "1 to 31"),
        ("TZ=UTC * * * * *", "no time zone", "timeZone"),
        ("CRON_TZ=UTC 0 0 * * *", "no time zone", "timeZone"),
        ("@dayly", "`@dayly` is not a valid schedule", "@daily"),
        ("@every day", "`@every day` is not a valid schedule", "five fields"),
    ],
)
def test_a_schedule_that_is_none_is_explained(schedule: str, message: str, hint: str) -> None:
    fault = fault_of_schedule(schedule)
    assert fault is not None
    assert message in fault.message
    assert hint in fault.hint


@pytest.mark.parametrize(
    ("schedule", "never"),
    [
        ("0 0 30 2 *", True),
        ("0 0 31 4,6 *", True),
        ("0 0 29 feb *", False),
        ("0 0 31 2 1", False),
        ("0 0 31 2,3 *", False),
        ("0 0 30-31 * *", False),
        ("@daily", False),
    ],
)
def test_days_that_no_month_has_are_seen(schedule: str, never: bool) -> None:
    assert never_comes(schedule) is never


@pytest.mark.parametrize("zone", ["Etc/UTC", "Europe/Berlin", "UTC", "America/Argentina/Ushuaia"])
def test_a_time_zone_is_known(zone: str) -> None:
    assert fault_of_time_zone(zone) is None


@pytest.mark.parametrize(
    ("zone", "hint"), [("Local", "Berlin"), ("Europe/Berln", "Europe/Berlin"), ("../etc/passwd", "")]
)
def test_a_time_zone_that_is_none_is_explained(zone: str, hint: str) -> None:
    fault = fault_of_time_zone(zone)
    assert fault is not None
    assert hint in fault.hint


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("0", 1),
        ("0,2-4", 4),
        ("4", 1),
        ("5", None),
        ("2,1", None),
        ("1-1", None),
        ("", 0),
        ("01,+3", 2),
        ("0,1- 3", None),
        ("0,,1", None),
        ("-1,0", None),
        ("0,1-", None),
        ("1--3", None),
        ("0,0", None),
        ("a", None),
        ("0-9", None),
    ],
)
def test_indexes_are_counted(written: str, count: int | None) -> None:
    assert count_indexes(written, 5) == count
