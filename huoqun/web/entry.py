"""The entry: the first account of an installation, and the page behind an invitation."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import account, staff
from huoqun.people.account import Account, BadAccount
from huoqun.web import fault

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _said(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").replace("\0", "") for name in ("email", "name", "password")}


def _form(request: HttpRequest, template: str, status: int = 200, **context: object) -> HttpResponse:
    """The page with what was typed (never the password) and what is wrong with it."""
    return render(request, template, context, status=status)


def start(request: HttpRequest) -> HttpResponse:
    """Asks for the first account and nothing else; afterwards there is no such page."""
    if not account.nobody_yet():
        return redirect("front")
    back = (request.POST if request.method == "POST" else request.GET).get("next", "")
    if request.method != "POST":
        return _form(request, "entry/start.html", next=back)
    said = _said(request)
    try:
        first = staff.begin(**said, now=clock.now())
    except BadAccount as error:
        return _form(request, "entry/start.html", 422, said=said, wrong=error.wrong, next=back)
    except staff.NotNeeded:
        return redirect("front")
    login(request, first.account, backend=BACKEND)
    if url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return HttpResponseRedirect(back)
    return redirect("front")


def join(request: HttpRequest, secret: str) -> HttpResponse:
    """An invitation: who is logged in says yes, others make their account first."""
    try:
        row = staff.invitation(secret, now=clock.now())
    except staff.Spent:
        return fault.spent(request)
    if request.method != "POST":
        return _form(request, "entry/join.html", invitation=row, secret=secret)
    if isinstance(request.user, Account):
        return _accept(request, secret, request.user)
    said = _said(request)
    try:
        made = account.open_account(email=said["email"], name=said["name"], password=said["password"], now=clock.now())
    except BadAccount as error:
        return _form(request, "entry/join.html", 422, invitation=row, secret=secret, said=said, wrong=error.wrong)
    except account.Taken:
        wrong = {"email": [_("There is an account with this address. Log in first, then open the link again.")]}
        return _form(request, "entry/join.html", 422, invitation=row, secret=secret, said=said, wrong=wrong)
    login(request, made, backend=BACKEND)
    return _accept(request, secret, made)


def _accept(request: HttpRequest, secret: str, who: Account) -> HttpResponse:
    try:
        there = staff.accept(secret, who, now=clock.now())
    except staff.Spent:
        return fault.spent(request)
    return redirect("home", there.workspace.slug)


def forgotten(request: HttpRequest) -> HttpResponse:
    """Who has forgotten the password: told who can help, because Huoqun sends no mail."""
    return render(request, "entry/forgotten.html")
