"""Checks beyond any schema: fields of one object, and objects of one revision, that must agree."""
