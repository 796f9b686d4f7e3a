"""What no schema can say: fields of one object, and objects of one revision, that must agree."""
