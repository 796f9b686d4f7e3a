"""What no schema can say of a pod."""
