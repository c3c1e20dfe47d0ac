"""The words of a run's steps: what each would say now, what the playbook says, and what names a text may hold."""

from huoqun.playbooks.doing import Doing
from huoqun.playbooks.fact import FACTS
from huoqun.playbooks.opening import SLOT, spoken
from huoqun.playbooks.playbook import ALWAYS, Playbook, samples
from huoqun.playbooks.step_form import Number, Step, Title, Words

FIELDS = ("name", "about", "text", "ready")
"""What of a step is said to somebody, in the order pages show it."""


def fields_of(form: Step) -> list[str]:
    """The texts that a step has."""
    return [field for field in FIELDS if isinstance(getattr(form, field, None), Title | Words)]


def texts(each: Doing) -> dict[str, str]:
    """By field, what the step would say now; what nobody knows yet stays a name in braces."""
    return {field: each.words(getattr(each.form, field), field) for field in fields_of(each.form)}


def written(form: Step, language: str) -> dict[str, str]:
    """By field, what the playbook says, with its names in braces."""
    return {field: spoken(getattr(form, field).model_dump(), language) for field in fields_of(form)}


def unknown(text: str, book: Playbook) -> list[str]:
    """Names in braces that mean nothing in a playbook, in the order of the text."""
    numbers = {step.id.replace("-", "_") for step in book.steps if isinstance(step, Number)}
    known = ALWAYS | set(FACTS) | set(samples(book)) | numbers
    return [name for name in dict.fromkeys(SLOT.findall(text)) if name not in known]
