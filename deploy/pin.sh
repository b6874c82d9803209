#!/bin/sh
# Ask the registry which images the names below stand for today, and keep the answer, digest and all, in images.env.
# Run it once, look at what changed, and put images.env into version control: builds use those images and no others.
set -eu
cd "$(dirname "$0")"
digest() {
    docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}'
}
{
    echo "# Written by pin.sh on $(date -u +%Y-%m-%d)."
    for wanted in \
        "PYTHON_IMAGE docker.io/library/python:3.11-slim-bookworm" \
        "NGINX_IMAGE docker.io/library/nginx:1.28-bookworm" \
        "POSTGRES_IMAGE docker.io/library/postgres:17-bookworm"
    do
        name=${wanted%% *}
        image=${wanted#* }
        found=$(digest "$image")
        echo "$name=$image@$found"
    done
} > images.env.new
mv images.env.new images.env
cat images.env
