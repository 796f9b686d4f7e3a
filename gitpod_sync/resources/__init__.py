"""Each kind as people see it.

Its object as Kubernetes shows it, its columns, its description. Pure, without a command line.
"""
