"""Small durable memory: what Docker cannot keep for us. Losing it loses history, not workloads."""
