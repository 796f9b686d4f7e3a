"""Every label key. Labels are the record of ownership: without the instance's label nothing is touched.

No secret value, nor a plain hash of one, ever goes into a label.
"""

PREFIX = "gitpod-sync.io/"

INSTANCE = PREFIX + "instance"
"""Name of the instance that owns the container, volume or network."""

INSTANCE_OWNER = PREFIX + "instance-owner"
"""Digest of the machine and the state directory that the instance is looked after from (its owner volume only)."""

OWNER_HOST = PREFIX + "owner-host"
"""Name of that machine."""

OWNER_STATE_DIR = PREFIX + "owner-state-dir"
"""Path of that state directory."""

NAMESPACE = PREFIX + "namespace"
POD = PREFIX + "pod"
"""The pod's name."""

UID = PREFIX + "uid"
"""The pod's UID, which never comes back."""

OWNER = PREFIX + "owner"
"""`Kind/name` of the workload that asked for the pod."""

TEMPLATE_HASH = PREFIX + "template-hash"
"""Hash of the template the pod was made from (sandbox only)."""

TEMPLATE = PREFIX + "template"
"""The template itself as canonical JSON (sandbox only): a pod can be mended when Git asks for another one by now."""

PRIORITY = PREFIX + "priority"
"""The priority that the pod was made with, as a decimal number (sandbox only); 0 is left out."""

COMMIT = PREFIX + "commit"
"""The commit that made the pod (sandbox only)."""

CONTAINER = PREFIX + "container"
"""Name of the container within its pod; a sandbox has none."""

ATTEMPT = PREFIX + "attempt"
"""How often the container was started before, as a decimal number."""

BACKOFF = PREFIX + "backoff"
"""How many restarts in a row came without ten good minutes between them, as a decimal number."""

GRACE = PREFIX + "grace"
"""The pod's grace period in seconds (containers only): it holds when the sandbox is gone, and its template with it."""

VOLUME = PREFIX + "volume"
"""Name of the volume within its pod."""

ENV_NAMES = PREFIX + "env-names"
"""Names of the variables that a container with references was given, as a JSON list."""

ENV_DIGEST = PREFIX + "env-digest"
"""Keyed digest of those variables: values that are read at the start are compared with it, not with Git's."""

RESTART_ON_CONFIG_CHANGE = PREFIX + "restart-on-config-change"
"""Annotation of a pod template: `"true"` rolls the workload when a ConfigMap or Secret that it refers to changes."""

CONFIG_DIGEST = PREFIX + "config-digest"
"""Annotation that we add to such a template: a keyed digest of what it refers to."""

IMAGE_POLL = PREFIX + "image-poll"
"""Annotation of a pod template: `"true"` follows the tags of its images, `"false"` never does."""

IMAGE_DIGESTS = PREFIX + "image-digests"
"""Annotation that we add to such a template: what its moved tags name, `image:tag@digest` joined by commas."""

RESTARTED_AT = PREFIX + "restarted-at"
"""Annotation that we add to a pod template when a person orders a restart: the time of the order."""

ON_FAILURE = PREFIX + "on-failure"
"""Annotation of a workload: `"hold"` or `"rollback"`, what becomes of a rollout that has failed."""

CLAIM = PREFIX + "claim"
"""Name of the claim that a volume stands for; such a volume has no UID, since it outlives pods."""

DEPENDS_ON = PREFIX + "depends-on"
"""Annotation of a workload: those that its pods wait for, as `Kind/name` with commas (see `dependencies`)."""

DELETE_VOLUME = PREFIX + "delete-volume"
"""Annotation of a claim, and label of its volume: `"true"` removes the volume once the claim is out of Git."""

JOB_NAME = "batch.kubernetes.io/job-name"
"""Label of the pods of a Job: its name. The keys that are not ours are Kubernetes' own (batch/v1)."""

LEGACY_JOB_NAME = "job-name"
CONTROLLER_UID = "batch.kubernetes.io/controller-uid"
"""Label of the pods of a Job: its UID, which tells it from others that had its name."""

LEGACY_CONTROLLER_UID = "controller-uid"

JOB_UID = PREFIX + "job-uid"
"""Annotation of the pods of a Job with a selector by hand, which are given no labels: its UID."""

COMPLETION_INDEX = "batch.kubernetes.io/job-completion-index"
"""Label and annotation of the pods of an indexed Job: their index."""

SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"
"""Annotation of the Jobs of a CronJob: the time they were made for."""

INSTANTIATED = "cronjob.kubernetes.io/instantiate"
"""Annotation of a Job that a person has asked of a CronJob: `manual`."""

EVICTED = PREFIX + "evicted"
"""Why a pod was evicted, in words. It is on the pod's tombstone, a container that is never started."""

POD_CREATED = PREFIX + "created"
"""When the evicted pod was made, in seconds since the epoch (tombstones only)."""

CONTROLLER_REVISION = "controller-revision-hash"
"""Of pods of StatefulSets and DaemonSets, as Kubernetes has it: the version that the pod is of."""
