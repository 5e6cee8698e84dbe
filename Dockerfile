FROM python:3.12-slim AS build
WORKDIR /src
COPY LICENSE README.md constraints.txt pyproject.toml ./
COPY app app
COPY fixtures fixtures
RUN python -m venv /opt/carrierbox \
    && pip wheel --no-cache-dir --no-deps --wheel-dir /tmp/wheel . \
    && /opt/carrierbox/bin/pip install --no-cache-dir --constraint constraints.txt /tmp/wheel/carrierbox-*.whl

FROM python:3.12-slim
COPY --from=build /opt/carrierbox /opt/carrierbox
RUN useradd --uid 7462 --home-dir /data --no-create-home --shell /usr/sbin/nologin carrierbox \
    && install --directory --owner carrierbox --group carrierbox /data
# Bound to all of the container's addresses, the box asks for a control key: CARRIERBOX_CONTROL_KEY, or the one it makes
# up and prints in its banner.
ENV PATH=/opt/carrierbox/bin:$PATH \
    CARRIERBOX_HOST=0.0.0.0 \
    CARRIERBOX_DATA=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# By number, so that an orchestrator can see that it is not root.
USER 7462
VOLUME /data
EXPOSE 7462
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["carrierbox", "doctor", "--url", "http://127.0.0.1:7462"]
ENTRYPOINT ["carrierbox"]
CMD ["serve"]
