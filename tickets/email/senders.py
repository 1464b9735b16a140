"""Who stands for an address that mail came from: one person's mails stand together, and nobody gets in by a name."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class Sender(SQLModel, table=True):
    """The customer that was made for this address when mail first came from it."""

    __tablename__ = "mail_sender"

    address: str = Field(primary_key=True)  # lower case
    customer_id: int = Field(foreign_key="customer.id")
