"""Display only: what a change says."""

from django import template

from failforward.history import words
from failforward.history.models import Change

register = template.Library()


@register.filter
def in_words(change: Change) -> str:
    """`{{ change|in_words }}` → chose it for review"""
    return words.phrase(change)
