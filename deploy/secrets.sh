#!/bin/sh
# Make the secrets that a deployment needs and that nobody has to know. What is there already stays as it is.
# Only the folder keeps others out: the files have to be read by the users within the containers.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
drawn() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}
if [ ! -e secrets/database_password ]; then
    drawn > secrets/database_password
    printf 'postgresql://explorer:%s@database/explorer' "$(cat secrets/database_password)" > secrets/database_address
fi
if [ ! -e secrets/secrets.toml ]; then
    printf '[auth]\ncookie_secret = "%s"\n' "$(drawn)" > secrets/secrets.toml
fi
for name in certificate.pem certificate.key; do
    if [ ! -e "secrets/$name" ]; then
        : > "secrets/$name"
        echo "secrets/$name is empty: put the one of your address there (or set EXPLORER_LISTEN=listen-http.conf)."
    fi
done
chmod 444 secrets/*
