# The server in a container, from this repository: docker build --tag mock-cognitosync .
FROM python:3.13-slim AS build
COPY . /src
RUN pip wheel --quiet --no-deps --wheel-dir /wheels /src

FROM python:3.13-slim
COPY --from=build /wheels /wheels
RUN pip install --quiet --no-cache-dir --no-compile "$(echo /wheels/*.whl)[server]" && rm -r /wheels
RUN useradd --uid 10001 sync && install --directory --owner sync /state
USER sync
VOLUME /state
EXPOSE 5000
HEALTHCHECK --interval=10s --start-period=10s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:5000/moto-api/data.json')"]
ENTRYPOINT ["mock-cognitosync", "--host", "0.0.0.0"]
CMD ["--load", "/state/sync.json", "--save", "/state/sync.json", "--save-every", "60"]
