"""The departments' workbench at `/desk`: a page served from the package, a client of `/graphql` like any other.

`source/` holds what it is built from (`npm ci && npm run build`), `static/` what is served.
"""
