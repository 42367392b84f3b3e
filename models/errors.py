"""Errors of this package that a user can mend."""


class ModelError(ValueError):
    """Bad input to a model: its text is one line that names the input and the mend."""


class WeightsError(ModelError):
    """Pretrained weights are missing, damaged or of another model."""
