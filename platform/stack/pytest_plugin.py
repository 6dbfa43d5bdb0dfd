"""Placeholder until the stack lands: tests need DATABASE_URL and REDIS_URL."""
