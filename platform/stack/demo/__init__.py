"""The demo: two series that we wrote, made by the platform's own workers on the machine of whoever tries it."""
