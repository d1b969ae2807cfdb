"""Debian's Chromium, and the widths of the windows it shows pages in."""

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
DESKTOP = 1280
PHONE = 390
NARROWEST = 320
