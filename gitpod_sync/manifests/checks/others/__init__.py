"""What no schema can say of the objects beside pods and controllers."""
