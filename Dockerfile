# syntax=docker/dockerfile:1
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim

# Builds a virtual environment from pinned and hashed packages; nothing of this stage's tools is kept.
FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python3 -m venv /opt/build && python3 -m venv --without-pip /opt/agent
WORKDIR /src
COPY requirements-image.lock ./
# authres comes as source alone, in plain Python.
RUN /opt/build/bin/python -m pip --python /opt/agent/bin/python install --require-hashes --only-binary :all: \
    --no-binary authres -r requirements-image.lock
COPY pyproject.toml README.md ./
COPY sync_agent sync_agent
COPY connectors connectors
RUN /opt/build/bin/python -m pip --python /opt/agent/bin/python install --no-deps . \
 && /opt/agent/bin/python -m compileall -q /opt/agent/lib

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="goal-sync-agent" \
      org.opencontainers.image.description="Says which goals are blocked or slipping, why, and when they will be done"
# No byte code at run time: the root file system may be read-only.
ENV PATH=/opt/agent/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 TZ=UTC HOME=/var/lib/sync-agent \
    SYNC_AGENT_CONFIG=/etc/sync-agent SYNC_AGENT_STORE=/var/lib/sync-agent/state.db SYNC_AGENT_WEB_HOST=0.0.0.0
RUN groupadd --system --gid 10001 agent \
 && useradd --system --uid 10001 --gid agent --home-dir /var/lib/sync-agent --shell /usr/sbin/nologin agent \
 && install -d -o agent -g agent -m 0750 /var/lib/sync-agent && install -d /etc/sync-agent \
 # Where sync-agent.yaml is mounted in a folder of its own, as on Kubernetes, it is found there.
 && ln -s settings/sync-agent.yaml /etc/sync-agent/sync-agent.yaml
COPY --from=build /opt/agent /opt/agent
USER 10001:10001
WORKDIR /var/lib/sync-agent
VOLUME /var/lib/sync-agent
EXPOSE 8080
STOPSIGNAL SIGTERM
# Asks the daemon's own health page; a container that runs another command has no daemon to ask.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["sync-agent", "health"]
ENTRYPOINT ["sync-agent"]
CMD ["serve"]
