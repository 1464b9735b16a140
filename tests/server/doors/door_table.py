"""What test_doors.py holds the house to: every door, and every surface's headers (reliability.md 6.3), written out."""

# methods, address, who, which headers, the most that may be sent
TABLE = """
GET          /                                   anyone   page     64K
GET          /app                                agent    console  64K
GET          /app/admin                          admin    console  64K
GET          /app/admin/agents                   admin    console  64K
GET,POST     /app/admin/agents/new               admin    console  64K
GET,POST     /app/admin/agents/{id:number}          admin    console  64K
POST         /app/admin/agents/{id:number}/leave    admin    console  64K
POST         /app/admin/agents/{id:number}/link     admin    console  64K
POST         /app/admin/agents/{id:number}/return   admin    console  64K
GET          /app/admin/canned                   admin    console  64K
GET,POST     /app/admin/canned/new               admin    console  64K
GET,POST     /app/admin/canned/{id:number}          admin    console  64K
POST         /app/admin/canned/{id:number}/remove   admin    console  64K
GET          /app/admin/callbacks                admin    console  64K
GET,POST     /app/admin/callbacks/{id:number}    admin    console  64K
GET,POST     /app/admin/capacity                 admin    console  64K
GET          /app/admin/changes                  admin    console  64K
GET          /app/admin/complaints               admin    console  64K
GET,POST     /app/admin/complaints/new           admin    console  64K
GET,POST     /app/admin/complaints/queue         admin    console  64K
GET,POST     /app/admin/complaints/{key}         admin    console  64K
GET          /app/admin/hours                    admin    console  64K
GET,POST     /app/admin/hours/new                admin    console  512K
GET,POST     /app/admin/hours/{id:number}           admin    console  512K
POST         /app/admin/hours/{id:number}/remove    admin    console  64K
GET          /app/admin/mail                      admin    console  64K
GET,POST     /app/admin/mail/new                  admin    console  64K
POST         /app/admin/mail/held/{id:number}/again admin    console  64K
POST         /app/admin/mail/sent/{id:number}/again  admin    console  64K
POST         /app/admin/mail/suppressed/{id:number}/lift admin console 64K
GET,POST     /app/admin/mail/{id:number}             admin    console  64K
GET          /app/admin/mail/{id:number}/intake      admin    console  64K
GET,POST     /app/admin/mail/{id:number}/incoming    admin    console  64K
POST         /app/admin/mail/{id:number}/incoming/test admin  console  64K
POST         /app/admin/mail/left/{id:number}/again  admin    console  64K
GET,POST     /app/admin/mail/{id:number}/signature   admin    console  64K
GET          /app/admin/mail/{id:number}/signature/shown admin mail 64K
GET          /app/admin/mail/{id:number}/templates admin console 64K
GET,POST     /app/admin/mail/{id:number}/templates/{notice}/{language} admin console 64K
GET          /app/admin/policies                 admin    console  64K
GET,POST     /app/admin/policies/internal/new    admin    console  64K
GET,POST     /app/admin/policies/new             admin    console  64K
GET,POST     /app/admin/policies/{id:number}        admin    console  64K
POST         /app/admin/policies/{id:number}/apply  admin    console  64K
POST         /app/admin/policies/{id:number}/place  admin    console  64K
POST         /app/admin/policies/{id:number}/remove admin    console  64K
GET          /app/admin/queues                   admin    console  64K
GET,POST     /app/admin/queues/new               admin    console  64K
GET,POST     /app/admin/queues/{id:number}          admin    console  64K
POST         /app/admin/queues/{id:number}/archive  admin    console  64K
POST         /app/admin/queues/{id:number}/restore  admin    console  64K
GET          /app/admin/sites                    admin    console  64K
GET,POST     /app/admin/sites/new                admin    console  64K
GET,POST     /app/admin/sites/{id:number}           admin    console  64K
GET          /app/admin/skills                   admin    console  64K
GET,POST     /app/admin/skills/new               admin    console  64K
GET,POST     /app/admin/skills/{id:number}          admin    console  64K
POST         /app/admin/skills/{id:number}/remove   admin    console  64K
GET          /app/admin/states                   admin    console  64K
GET,POST     /app/admin/states/new               admin    console  64K
GET,POST     /app/admin/survey                   admin    console  64K
GET,POST     /app/admin/states/{id:number}          admin    console  64K
POST         /app/admin/states/{id:number}/archive  admin    console  64K
POST         /app/admin/states/{id:number}/restore  admin    console  64K
GET          /app/admin/statuses                 admin    console  64K
GET,POST     /app/admin/statuses/new             admin    console  64K
GET,POST     /app/admin/statuses/{id:number}        admin    console  64K
POST         /app/admin/statuses/{id:number}/remove admin    console  64K
GET          /app/admin/tiers                     admin    console  64K
GET,POST     /app/admin/tiers/new                 admin    console  64K
GET,POST     /app/admin/tiers/{id:number}            admin    console  64K
POST         /app/admin/tiers/{id:number}/remove     admin    console  64K
GET          /app/admin/entitlements              admin    console  64K
GET,POST     /app/admin/entitlements/new          admin    console  64K
GET,POST     /app/admin/entitlements/{id:number}     admin    console  64K
POST         /app/admin/entitlements/{id:number}/place     admin    console  64K
POST         /app/admin/entitlements/{id:number}/remove     admin    console  64K
GET,POST     /app/replay                         supervisor console  768K
GET          /app/standards                      agent    console  64K
GET,POST     /survey/{token}                     anyone   portal   64K
GET          /standards                          anyone   portal   64K
GET          /app/canned                         agent    console  64K
SOCKET       /app/live                           agent    console  64K
POST         /app/live/poll                      agent    console  256K
POST         /app/live/ticket                    agent    console  64K
GET,POST     /app/login                          anyone   console  64K
POST         /app/logout                         agent    console  64K
POST         /app/mail/{id:number}/readings         agent    console  64K
POST         /app/notices                        agent    console  64K
DELETE       /app/notices/{id:number}            agent    console  64K
POST         /app/next                           agent    console  64K
POST         /app/mails/{id:number}/attempts        agent    console  64K
DELETE       /app/planned/{id:number}                agent    console  64K
POST         /app/planned/{id:number}/sending        agent    console  64K
DELETE       /app/suppressed/{id:number}             agent    console  64K
POST         /app/offers/{id:number}/acceptance     agent    console  64K
POST         /app/offers/{id:number}/refusal        agent    console  64K
POST         /app/presence                       agent    console  64K
GET,POST     /app/presence/{id:number}              supervisor console  64K
GET,POST     /app/profile                        agent    console  64K
GET,POST     /app/profile/password               agent    console  64K
POST         /app/profile/sessions/{id:number}/end  agent    console  64K
GET          /app/search                         agent    console  64K
POST         /app/tickets/{id:number}/acknowledgement agent  console  64K
DELETE,POST  /app/tickets/{id:number}/assignment    agent    console  64K
POST         /app/tickets/{id:number}/decision      agent    console  256K
DELETE,POST  /app/tickets/{id:number}/callback      agent    console  64K
GET,POST     /app/messages/{id:number}/forwards agent console 256K
GET          /app/tickets/{number:number}/forward agent  console  64K
GET,POST     /app/write                          agent    console  256K
POST         /app/files                          agent    console  1048576K
GET,POST     /app/tickets/{id:number}/extension     agent    console  64K
GET,POST     /app/tickets/{id:number}/findings      agent    console  64K
GET,POST     /app/tickets/{id:number}/regulator     agent    console  64K
POST         /app/tickets/{id:number}/callback/dialling agent console 64K
POST         /app/tickets/{id:number}/callback/tries/{attempt:number} agent console 64K
DELETE,POST  /app/tickets/{id:number}/copies        agent    console  64K
POST         /app/tickets/{id:number}/files         agent    console  1048576K
DELETE,POST  /app/tickets/{id:number}/merge         agent    console  64K
GET          /app/tickets/{id:number}/merge-targets agent    console  64K
POST         /app/tickets/{id:number}/notes         agent    console  256K
POST         /app/tickets/{id:number}/priority      agent    console  64K
POST         /app/tickets/{id:number}/queue         agent    console  64K
POST         /app/tickets/{id:number}/recipient      agent    console  64K
POST         /app/tickets/{id:number}/replies       agent    console  256K
DELETE,POST  /app/tickets/{id:number}/resolution    agent    console  64K
POST         /app/tickets/{id:number}/seen          agent    console  64K
DELETE,POST  /app/tickets/{id:number}/snooze        agent    console  64K
POST         /app/tickets/{id:number}/status        agent    console  64K
POST         /app/tickets/{id:number}/subject       agent    console  64K
GET          /app/tickets/{number:number}           agent    console  64K
GET          /app/views/{view}                   agent    console  64K
GET          /app/wallboard                      supervisor console 64K
GET          /app/wallboard/outcomes             supervisor console 64K
GET          /app/wallboard/rows/{figure}        supervisor console 64K
GET          /app/wallboard/waiting              supervisor console 64K
GET          /app/wallboard/waits                supervisor console 64K
GET          /app/wallboard/work                 supervisor console 64K
GET,POST     /app/welcome/{token}                anyone   console  64K
DELETE       /app/wrap-ups/{id:number}              agent    console  64K
GET,POST     /callback                           anyone   portal   64K
GET,POST     /callback/{token}                   anyone   portal   64K
POST         /chat/v1/files                      visitor  chat     1048576K
GET          /chat/v1/files/{id:number}             visitor  files    64K
GET          /chat/v1/files/{id:number}/preview     visitor  files    64K
GET          /chat/v1/frame/{site}               anyone   frame    64K
POST         /chat/v1/letters                    visitor  chat     256K
POST         /chat/v1/poll                       visitor  chat     256K
SOCKET       /chat/v1/socket                     visitor  chat     64K
GET          /chat/v1/transcript                 visitor  chat     64K
POST         /chat/v1/visitors                   anyone   chat     256K
GET          /complaint                          anyone   form     64K
GET,POST     /complaint/sent                     anyone   portal   1048576K
GET,POST     /complaint/{token}                  anyone   portal   1048576K
GET          /complaint/{token}/files/{id:number}   anyone   files    64K
GET          /demo                               anyone   page     64K
GET          /demo/mail                           anyone   page     64K
POST         /demo/mail                           anyone   page     64K
POST         /demo/mail/{id:number}/answer           anyone   page     64K
POST         /demo/scenes                        anyone   page     64K
GET          /demo/shop                          anyone   page     64K
GET          /demo/shop/orders                   anyone   page     64K
GET          /files/{id:number}                     agent    files    64K
GET          /files/{id:number}/preview             agent    files    64K
GET          /mail/{id:number}/source               agent    files    64K
GET          /mailview/{id:number}                  agent    mail     64K
GET          /healthz                            anyone   chat     64K
GET          /metrics                            anyone   chat     64K
GET          /readyz                             anyone   chat     64K
GET          /static/colour/{colour}.css        anyone   assets   64K
GET          /static/{hash}/{path:path}          anyone   assets   64K
GET          /widget.js                          anyone   loader   64K
"""
SOCKETS = "wss://desk.example"
DOCUMENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; "
    f"font-src 'self'; connect-src 'self' {SOCKETS}; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types frontdesk"
)
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS: dict[str, dict[str, str]] = {
    "everywhere": {
        "x-content-type-options": "nosniff",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
    },
    "console": {
        "content-security-policy": DOCUMENT,
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
        "vary": "Origin, Sec-Fetch-Site",
    },
    "frame": {
        "content-security-policy": DOCUMENT,
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": "no-store",
    },
    "chat": {
        "content-security-policy": NOTHING,
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    },
    "loader": {
        "content-security-policy": NOTHING,
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": "public, max-age=300",
    },
    "files": {
        "content-security-policy": "sandbox; default-src 'none'",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-site",
        "cache-control": "private, no-store",
        "content-disposition": "attachment",
    },
    "mail": {
        "content-security-policy": (
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
        ),
        "referrer-policy": "no-referrer",
        "x-frame-options": "SAMEORIGIN",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    },
    "assets": {
        "content-security-policy": NOTHING,
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
    },
    "portal": {
        "content-security-policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
            "require-trusted-types-for 'script'; trusted-types frontdesk; frame-ancestors 'self'"
        ),
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    },
    "form": {
        "content-security-policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
            "require-trusted-types-for 'script'; trusted-types frontdesk; frame-ancestors 'self'"
        ),
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "private, no-cache",
    },
    "page": {
        "content-security-policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
        ),
        "referrer-policy": "no-referrer",
        "x-frame-options": "SAMEORIGIN",
        "cross-origin-resource-policy": "same-origin",
    },
}
