"""What no schema can say of a controller, an autoscaler or a budget."""
