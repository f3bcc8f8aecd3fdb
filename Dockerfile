# The app alone; compose.yaml adds Postgres. var/ is the only folder it writes to.
FROM python:3.12-slim AS build
WORKDIR /app
COPY requirements.txt constraints.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt -c constraints.txt

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 app && mkdir -p /app/var && chown app:app /app/var
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
USER app
ENV PATH=/venv/bin:$PATH PORT=8501 HOST=0.0.0.0 PYTHONUNBUFFERED=1
VOLUME /app/var
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]
CMD ["python", "-m", "scripts.start"]
