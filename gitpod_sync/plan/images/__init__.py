"""Images: present, pulled, mounted, and what their tags name."""
