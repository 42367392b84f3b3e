"""The CIFAR-100 lab of "An Introduction to Statistical Learning", as a report to be checked."""
