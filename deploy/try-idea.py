#!/usr/bin/env python3
"""Submits an idea through the gateway's forms, as the first submitter at the door.

usage: try-idea.py http://127.0.0.1:PORT TITLE     The gateway must run with web.demo, so that one may choose whom to be.
"""
import http.cookiejar
import re
import sys
import urllib.parse
import urllib.request

opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def ask(path, fields=None):
    data = urllib.parse.urlencode(fields).encode() if fields else None
    with opener.open(sys.argv[1] + path, data=data, timeout=30) as answer:
        return answer.url, answer.read().decode()


def hidden(page, action, mark):
    """The hidden fields of the page's form that leads to `action` and holds `mark`."""
    forms = re.findall(rf'<form[^>]*action="{action}"[^>]*>(.*?)</form>', page, re.S)
    form = next(form for form in forms if mark in form)
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form))


ask("/valj", hidden(ask("/")[1], "/valj", 'value="submitter"'))
fields = hidden(ask("/ideer/ny")[1], "/ideer", 'name="command"')
at, page = ask("/ideer", fields | {"title": sys.argv[2], "problem": "Det är mörkt vid cykelstället.", "owner": "1", "terms": "ja"})
if sys.argv[2] not in page:
    sys.exit(f"the idea is not shown at {at}")
