"""HorizontalPodAutoscalers: how many replicas the metrics ask for, and how fast."""
