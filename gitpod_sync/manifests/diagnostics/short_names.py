"""Names that kubectl takes and prints in short, and manifests write out.

Source: `kubectl api-resources`, column SHORTNAMES; `kubectl get pvc`, column ACCESS MODES. All of
them are in lower case here.
"""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "cj": "CronJob",
    "cm": "ConfigMap",
    "deploy": "Deployment",
    "ds": "DaemonSet",
    "hpa": "HorizontalPodAutoscaler",
    "ing": "Ingress",
    "netpol": "NetworkPolicy",
    "ns": "Namespace",
    "pc": "PriorityClass",
    "pdb": "PodDisruptionBudget",
    "po": "Pod",
    "pv": "PersistentVolume",
    "pvc": "PersistentVolumeClaim",
    "rc": "ReplicationController",
    "rs": "ReplicaSet",
    "sa": "ServiceAccount",
    "sc": "StorageClass",
    "sts": "StatefulSet",
    "svc": "Service",
}
ACCESS_MODES: Mapping[str, str] = {
    "rox": "ReadOnlyMany",
    "rwo": "ReadWriteOnce",
    "rwop": "ReadWriteOncePod",
    "rwx": "ReadWriteMany",
}
