"""The volumes of a pod: made, filled, claimed."""
