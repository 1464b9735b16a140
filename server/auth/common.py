"""Passwords that everybody tries first."""

# Of ten characters and more, from published lists of the most frequent passwords; shorter ones are refused anyway.
_WORDS = """
    password12 password123 password1234 password12345 password123456 passwordpassword password2024 password2025
    password2026 passw0rd123 p@ssword123 p@ssw0rd123 password1! password123! mypassword mypassword1 newpassword
    changeme123 changemenow letmein123 letmein1234 welcome123 welcome1234 welcome12345 welcome2024 welcome2025
    welcome2026 administrator admin12345 admin123456 adminadmin adminadmin1 administrator1 root123456 rootroot123
    qwertyuiop qwertyuiop1 qwertyuiop123 qwertyuiop[] qwerty1234 qwerty12345 qwerty123456 qwertyqwerty qwertyasdf
    qwerasdfzxcv asdfghjkl1 asdfghjkl; asdfasdfasdf zxcvbnm123 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc
    q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedcrfv qazwsxedc1 zaq12wsxcde3 abcd123456 abc1234567 abcdefghij abcdef123456
    abcdefg123 a123456789 a1234567890 aa123456789 aa12345678 123456789a 1234567890 12345678910 123456789012
    1234567891 0123456789 0987654321 9876543210 1234512345 1122334455 1223334444 123123123123 1231231234
    123321123321 1029384756 1357924680 147258369a 1472583690 11223344556 5201314520 woaini1314 woaini520
    woaini1314520 iloveyou123 iloveyou12 iloveyou1234 iloveyouso sunshine123 sunshine12 princess123 princess12
    football123 football12 baseball123 basketball superman123 superman12 batman12345 dragon12345 monkey12345
    michael123 charlie123 jennifer12 jessica123 michelle12 trustno1234 starwars123 pokemon123 computer123
    internet123 samsung123 secret1234 secret12345 support123 support1234 frontdesk1 frontdesk123 frontdesk1234
    helpdesk123 helpdesk1234 customer123 companyname customerservice servicedesk test123456 test1234567 testtest123
    testtesttest temporary1 temppassword default123 guest12345 master12345 access12345 summer2024 summer2025
    summer2026 winter2024 winter2025 winter2026 spring2025 spring2026 autumn2025 autumn2026 correcthorsebatterystaple
"""

COMMON = frozenset(_WORDS.split())
