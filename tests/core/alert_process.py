"""Run as a process of its own: take one round of alerts, and wait for what is sent.

python alert_process.py DATA_DIR
"""

import sys

from publicist.core.services import open_services
from publicist.core.settings import load_settings

services = open_services(load_settings({"PUBLICIST_DATA_DIR": sys.argv[1], "PUBLICIST_PLUGINS": ""}))
services.alerts.round()
services.outbox.settle(60)
