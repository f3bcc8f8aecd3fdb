"""Alembic's environment of the app database and its revisions; run by data_access.app_database at open."""
