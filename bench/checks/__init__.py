"""What an approach must do to be worth comparing, as small named checks for any newcomer."""

from bench.checks.subject import Subject, subject_of
from bench.checks.suite import CHECKS, Check, violations

__all__ = ["CHECKS", "Check", "Subject", "subject_of", "violations"]
