"""Formats of secrets as the services that give them out document them, each with what it is called.

Searched by needles, at memory speed: a pattern is tried only where one occurs, so that ordinary
text costs next to nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Format(NamedTuple):
    """A kind of secret.

    Args:
        needles: A secret begins with one, unless it is ``within``: then one is in the same text.
        pattern: With a group ``secret``.
    """

    kind: str
    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    within: bool = False

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the places that look like it, in no particular order."""
        if self.within:
            if any(needle in text for needle in self.needles):
                yield from self.pattern.finditer(text)
            return
        for needle in self.needles:
            position = text.find(needle)
            while position >= 0:
                match = self.pattern.match(text, position)
                if match is not None:
                    yield match
                position = text.find(needle, position + len(needle))


def _token(kind: str, needles: str, pattern: str, *, within: bool = False) -> Format:
    """Return the format of a token that stands by itself."""
    whole = rf"(?<![\w-])(?P<secret>{pattern})(?![\w-])"
    return Format(kind, tuple(needles.split()), re.compile(whole), within)


def _inside(kind: str, needle: str, pattern: str) -> Format:
    """Return the format of a secret that what stands before it tells."""
    return Format(kind, (needle,), re.compile(pattern))


FORMATS = (
    _token("AWS access key", "AKIA ASIA ABIA ACCA", r"A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}"),
    _token("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,255}"),
    _token("GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{60,255}"),
    _token("GitLab token", "glpat- glrt- gldt- glptt-", r"gl(?:pat|rt|dt|ptt)-[\w.-]{20,64}"),
    _token("Slack token", "xox", r"xox[abeprs]-[A-Za-z0-9-]{20,255}"),
    _token("Slack token", "xapp-", r"xapp-[A-Za-z0-9-]{40,255}"),
    _token("Slack webhook", "hooks.slack", r"hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{20,}"),
    _token("Google API key", "AIza", r"AIza[\w-]{35}"),
    _token("Google OAuth secret", "GOCSPX-", r"GOCSPX-[\w-]{28}"),
    _token("Google OAuth token", "ya29.", r"ya29\.[\w-]{40,1000}"),
    _token("Stripe key", "sk_live_ rk_live_ sk_test_ rk_test_",
           r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,247}"),
    _token("Stripe key", "whsec_", r"whsec_[A-Za-z0-9]{32,64}"),
    _token("Anthropic key", "sk-ant-", r"sk-ant-[\w-]{32,250}"),
    _token("OpenAI key", "sk-",
           r"sk-(?:(?:proj|svcacct|admin|or)-[\w-]{32,250}|[A-Za-z0-9]{40,64})"),
    _token("Hugging Face token", "hf_", r"hf_[A-Za-z0-9]{34,40}"),
    _token("npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _token("PyPI token", "pypi-AgE", r"pypi-AgE[\w-]{50,1000}"),
    _token("SendGrid key", "SG.", r"SG\.[\w-]{22}\.[\w-]{43}"),
    _token("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
    _token("Telegram token", ":AA", r"\d{8,10}:AA[\w-]{33}", within=True),
    _token("Twilio key", "SK", r"SK[0-9a-f]{32}"),
    _token("Mailchimp key", "-us1 -us2 -us3 -us4 -us5 -us6 -us7 -us8 -us9",
           r"[0-9a-f]{32}-us\d{1,2}", within=True),
    _token("Discord token", "iscord ISCORD",
           r"[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,38}", within=True),
    _token("Square token", "sq0", r"sq0(?:csp|atp|idp)-[\w-]{22,43}"),
    _token("Shopify token", "shp", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    _token("Databricks token", "dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),
    _token("Vault token", "hvs. hvb.", r"hv[sb]\.[\w-]{24,300}"),
    _token("Groq key", "gsk_", r"gsk_[A-Za-z0-9]{48,64}"),
    _token("Replicate token", "r8_", r"r8_[A-Za-z0-9]{37}"),
    _token("JWT", "eyJ", r"eyJ[\w-]{10,2000}\.eyJ[\w-]{10,8000}\.[\w-]{20,2000}"),
    _token("Azure client secret", "Q~", r"[\w.~-]{3}\dQ~[\w.~-]{31,34}", within=True),
    _inside("Azure storage key", "AccountKey=",
            r"AccountKey=(?P<secret>[A-Za-z0-9+/]{40,100}={0,2})"),
    _inside("Azure access key", "SharedAccessKey=",
            r"SharedAccessKey=(?P<secret>[A-Za-z0-9+/]{40,100}={0,2})"),
    _inside("authorization header", "uthorization",
            r"uthorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:[Bb]earer|[Bb]asic|[Tt]oken)\s{1,3}"
            r"(?P<secret>[\w+/=.~-]{20,2000})"),
)  # fmt: skip
