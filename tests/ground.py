"""The ground tests stand on: the product's own settings, in a data folder that nobody else has."""

import atexit
import os
import shutil
import tempfile

if "HUOQUN_TEST_HOME" not in os.environ:
    folder = tempfile.mkdtemp(prefix="huoqun-test-")
    os.environ["HUOQUN_TEST_HOME"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["HUOQUN_HOME"] = tempfile.mkdtemp(dir=os.environ["HUOQUN_TEST_HOME"])

from huoqun.settings import *  # noqa: F403

API_RATE = "100000/m"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""Hundreds of accounts are made in tests; a slow hash proves nothing there."""
