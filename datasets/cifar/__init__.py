"""The file layouts that CIFAR-10 and CIFAR-100 share."""
