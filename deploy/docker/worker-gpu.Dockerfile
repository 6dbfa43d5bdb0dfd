# syntax=docker/dockerfile:1
# The GPU worker image: the same code, with torch and diffusers. The driver comes from the node.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY pyproject.toml constraints.txt README.md ./
RUN python - <<'PY' > /tmp/requirements.txt
import tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
print("\n".join(project["dependencies"] + project["optional-dependencies"]["diffusion"]))
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
    RW_STATE_DIR=/tmp/reelwright RW_MODELS_DIR=/models
USER 10001
VOLUME /models
# one process a GPU; the sweep and the lease make it safe to kill, and a stop lets it finish its step
STOPSIGNAL SIGTERM
CMD ["python", "manage.py", "worker", "--gpu", "0"]
