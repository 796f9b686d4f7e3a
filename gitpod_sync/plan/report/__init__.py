"""A plan for people: differences field by field, the operations as text, and the events."""
