"""The doors of this room."""

from __future__ import annotations

from portal.web import doors

desk_campaigns = doors.desk("campaigns", __name__)
desk_notices = doors.desk("notices", __name__)
desk_offers = doors.desk("offers", __name__)
my_notices = doors.my("notices", __name__)
my_offers = doors.my("offers", __name__)
