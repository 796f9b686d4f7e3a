"""What a check of manifests comes to, and the forms in which it is told: text, JSON, SARIF, GitHub's commands."""
