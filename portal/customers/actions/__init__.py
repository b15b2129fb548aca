"""The verbs of the customers' room; each takes who acts and when, and none commits."""

from portal.customers.actions.members import (
    add_member,
    change_member,
    choose_customer,
    end_member,
)
from portal.customers.actions.people import (
    add_contact,
    add_site,
    change_contact,
    change_site,
    make_main_contact,
    remove_contact,
    remove_site,
)
from portal.customers.actions.profile import change, create, deactivate, reactivate
from portal.customers.actions.team import assign

__all__ = [
    "add_contact",
    "add_member",
    "add_site",
    "assign",
    "change",
    "change_contact",
    "change_member",
    "change_site",
    "choose_customer",
    "create",
    "deactivate",
    "end_member",
    "make_main_contact",
    "reactivate",
    "remove_contact",
    "remove_site",
]
