"""The API: what programs may, in which shape, and that no request breaks it. Its gate is walked in test_gate."""

import json
from datetime import timedelta

import pytest
import schemathesis
from at_work import HEADERS
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS
from test_gate import Place

from huoqun.base import clock
from huoqun.people import api_token
from huoqun.people.role import PERMISSIONS
from huoqun.web.api import NINJA, OPERATIONS
from huoqun.web.route import API
from huoqun.wsgi import application

pytestmark = pytest.mark.django_db(transaction=True)
SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(NINJA.get_openapi_schema(path_prefix=API))))
SCHEMA.app = application
(positive_data_acceptance,) = CHECKS.get_by_names(["positive_data_acceptance"])
"""Not checked: a zone that nobody has heard of fits the schema and is refused all the same."""


@pytest.fixture
def place():
    return Place("我们")


def key(member, *scopes):
    scopes = scopes or PERMISSIONS
    return api_token.make(member, name="Shell", scopes=scopes, valid=timedelta(days=1), now=clock.now())[1]


def program(secret):
    return Client(headers={**HEADERS, "authorization": f"Bearer {secret}"})


def send(client, method, address, body=None):
    return client.generic(method, address, json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda route: route.name)
def test_no_request_breaks_an_operation_and_every_answer_is_as_described(place, operation):
    """Requests drawn from the schema, fitting and not, on things that are there."""
    known = {scope.key: str(thing) for scope, thing in place.things().items()}
    things = {operation.scope.key: known.get(operation.scope.key)}
    secret = key(place.owner)
    said = SCHEMA.find_operation_by_id(operation.name)

    @given(case=said.as_strategy())
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case):
        case.path_parameters = {**(case.path_parameters or {}), **{k: v for k, v in things.items() if k}}
        headers = {"Authorization": f"Bearer {secret}", "Host": "127.0.0.1"}
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    ask()
