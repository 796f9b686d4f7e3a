"""Results of a check of manifests, and their forms: text, JSON, SARIF, GitHub's commands."""
