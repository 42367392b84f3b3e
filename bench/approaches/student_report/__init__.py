"""Everything that the student report claims: its numbers, differences, orders and words."""

from __future__ import annotations

from bench.approaches.claims import ClaimSet, Term
from bench.approaches.student_report.basic import BASIC
from bench.approaches.student_report.data import CONCLUSIONS, DATA
from bench.approaches.student_report.improved import IMPROVED
from bench.approaches.student_report.numbers import NUMBERS
from bench.approaches.student_report.pretrained import PRETRAINED

STUDENT_REPORT = ClaimSet(
    name="student-report",
    title="Deep learning, assignment 1: image classification on CIFAR-100",
    citation='a student report says: "Deep learning - Assignment 1: Image classification on '
    'CIFAR-100", which names neither its authors nor a date',
    claims=(*NUMBERS, *DATA, *BASIC, *IMPROVED, *PRETRAINED, *CONCLUSIONS),
    approaches=(
        "basic_cnn",
        "improved_cnn",
        "improved_cnn_augmented",
        "vgg19_linear",
        "vgg19_forest",
        "vgg19_96_head",
        "vgg19_96_forest",
    ),
    described=(
        ("training images", "50,000"),
        ("test images", "10,000"),
        ("dimensions", "32x32 pixels"),
        ("channels", "RGB (3)"),
        ("classes", "100"),
        ("training images a class", "500"),
        ("test images a class", "100"),
    ),
    joint=(Term("basic_cnn"), Term("improved_cnn"), Term("improved_cnn_augmented")),
    aliases={"improved_cnn_augmented+20-epochs": "improved_cnn_augmented"},
)
