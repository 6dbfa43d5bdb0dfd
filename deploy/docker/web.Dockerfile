# syntax=docker/dockerfile:1
# The web image: API, sockets, beat and the CPU workers (animatic, encode). It holds no torch.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY pyproject.toml constraints.txt README.md ./
# dependencies first: this layer changes only with pyproject.toml and constraints.txt
RUN python - <<'PY' > /tmp/requirements.txt
import tomllib
print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]))
PY
RUN pip install -c constraints.txt -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home reelwright
COPY --from=build /venv /venv
WORKDIR /app
COPY manage.py ./
COPY platform platform
COPY generation generation
COPY feeds feeds
COPY payments payments
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app/platform:/app PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=config.settings RW_ENV=production LOG_JSON=true \
    RW_STATE_DIR=/tmp/reelwright
RUN RW_ENV=local python manage.py collectstatic --noinput
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
# API; sockets run the same image with: uvicorn config.asgi:application --host 0.0.0.0 --port 8000 --lifespan off
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--forwarded-allow-ips", "*"]
