"""The doors of the admin pages."""

from starlette.requests import Request
from starlette.responses import Response

from server.admin import (
    agents,
    callbacks,
    canned,
    capacity,
    changes,
    complaints,
    entitlements,
    hours,
    incoming,
    intake,
    mail,
    mail_templates,
    policies,
    presence,
    queues,
    signature,
    sites,
    skills,
    states,
    statuses,
    survey,
    tiers,
)
from server.admin.pages import HOME
from server.forms import go
from tickets.edge import Who, door


async def home(request: Request) -> Response:
    return go(agents.AGENTS.path)


DOORS = [
    door(HOME, home, who=Who.ADMIN),
    *agents.DOORS,
    *queues.DOORS,
    *skills.DOORS,
    *states.DOORS,
    *capacity.DOORS,
    *presence.DOORS,
    *hours.DOORS,
    *policies.DOORS,
    *tiers.DOORS,
    *entitlements.DOORS,
    *sites.DOORS,
    *mail.DOORS,
    *intake.DOORS,
    *incoming.DOORS,
    *signature.DOORS,
    *mail_templates.DOORS,
    *callbacks.DOORS,
    *survey.DOORS,
    *complaints.DOORS,
    *canned.DOORS,
    *statuses.DOORS,
    *changes.DOORS,
]
