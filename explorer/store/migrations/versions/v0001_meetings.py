"""The first shape: short codes of meetings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "meetings",
        sa.Column("code", sa.String(12), primary_key=True),
        sa.Column("page", sa.String(60), nullable=False),
        sa.Column("link", sa.JSON(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_meetings_until", "meetings", ["until"])
