from __future__ import annotations

import base64
import hashlib
import re

from docsense_cli.web.export import export_html
from docsense_pipelines import ReadLimits
from docsense_pipelines.view import Desk


def test_the_file_holds_all_it_needs(desk):
    page = export_html(desk)
    addresses = re.findall(r'(?:href|src|srcset|action)="([^"]*)"', page)

    assert all(re.match(r"#|data:", address) for address in addresses)
    assert sum(address.startswith("data:image/png") for address in addresses) == 1
    assert "http://" not in page and "https://" not in page


def test_only_its_own_scripts_and_style_may_run(desk):
    page = export_html(desk)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    blocks = re.findall(r"<(?:script|style)[^>]*>(.*?)</(?:script|style)>", page, re.DOTALL)

    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    assert len(blocks) == 5
    for block in blocks:
        digest = base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_the_same_receipt_gives_the_same_bytes(receipt, desk):
    with Desk(receipt, limits=ReadLimits(workers=1)) as again:
        assert export_html(again) == export_html(desk)


def test_little_of_a_source_goes_out_with_it(desk):
    page = export_html(desk)

    assert "# line 59" in page and "# line 54" in page
    assert "# line 40" not in page
    assert "Not here." not in page
