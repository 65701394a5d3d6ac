"""Run the steps on the connection that the store hands over; the store keeps the transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
