"""Every page of the method on one screen: playbooks, runs, send desk, duty, content, effects. `urls` has the rest."""

from huoqun.web.route import Route

ROUTES: tuple[Route, ...] = ()
