"""What check-ins are measured against: a plain Django project, as `startproject` makes it, with one view that does the
same two writes: one unique row and one balance. The same server, database and settings as Huoqun.

Run by `bench/checkin`: PLAIN_HOME and HUOQUN_DATABASE_URL say where its database is.
"""

import os
import sys
from pathlib import Path
from typing import Any

import django
from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from huoqun.base.database import databases

settings.configure(
    SECRET_KEY="plain",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES=databases(os.environ.get("HUOQUN_DATABASE_URL"), Path(os.environ["PLAIN_HOME"])),
    INSTALLED_APPS=[f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
django.setup()


class PlainCheckIn(models.Model):
    """One check-in of somebody on a day."""

    person = models.IntegerField()
    day = models.DateField()
    text = models.TextField()

    class Meta:
        app_label = "plain"
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="plain_once")]


class PlainBalance(models.Model):
    """What somebody has."""

    person = models.IntegerField(unique=True)
    points = models.IntegerField(default=0)

    class Meta:
        app_label = "plain"


class PlainForm(forms.Form):
    """What is typed."""

    text = forms.CharField(max_length=4000)


@csrf_exempt
def check_in(request: HttpRequest, person: int) -> HttpResponse:
    """What was typed is looked at, then the two writes."""
    typed = PlainForm(request.POST)
    if not typed.is_valid():
        return HttpResponseBadRequest()
    with transaction.atomic():
        PlainCheckIn.objects.create(person=person, day="2026-01-01", text=typed.cleaned_data["text"])
        PlainBalance.objects.filter(person=person).update(points=models.F("points") + 1)
    return HttpResponseRedirect("/done")


urlpatterns = [path("check/<int:person>", check_in)]


def prepare(people: int) -> None:
    """The two tables, with a balance for everybody."""
    with connection.schema_editor() as editor:
        editor.create_model(PlainCheckIn)
        editor.create_model(PlainBalance)
    PlainBalance.objects.bulk_create([PlainBalance(person=n) for n in range(people)], batch_size=500)


application: Any = get_wsgi_application()
if __name__ == "__main__":
    prepare(int(sys.argv[1]))
