"""Bytes of a file to documents: values, and the place of each of them."""
