#!/bin/sh
# Bring both replicas to the version in EXPLORER_VERSION, one after the other, so that readers notice nothing.
# Each is told to stop, finishes with its readers (up to "grace" in config/serving.yaml) while new ones go to the other,
# and the next one follows only when it is ready again: where it is not, the other goes on with what it was.
# The proxy stays as it is, whatever was built: a new one would cut every reader off (RUNBOOK.md, "A new proxy").
set -eu
cd "$(dirname "$0")"
compose() {
    docker compose --env-file images.env --env-file deployment.env "$@"
}
for replica in replica-one replica-two; do
    compose stop "$replica"
    compose up --detach --no-deps --wait --wait-timeout 240 "$replica" || {
        echo "$replica did not become ready, so the other was left as it is: docker compose logs $replica" >&2
        exit 1
    }
done
compose up --detach --no-deps --no-recreate --wait proxy
