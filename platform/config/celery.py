"""The Celery application. Tasks are doorbells (see common.doorbell); truth is in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("reelwright")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
