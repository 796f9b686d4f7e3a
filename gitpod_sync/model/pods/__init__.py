"""A pod as it is written: its containers, volumes, probes, rights and resources."""
