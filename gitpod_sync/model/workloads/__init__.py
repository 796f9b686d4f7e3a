"""Workloads as they are written, and what scales, protects and orders them."""
