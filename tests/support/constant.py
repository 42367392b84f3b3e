"""An estimator that fits nothing, for tests of what surrounds a fit."""

import numpy as np

from bench.estimators.protocol import Outcome, Task
from bench.records.metrics import score
from bench.records.predictions import Predictions
from bench.records.record import EpochPart, ModelPart


class ConstantEstimator:
    """Says that every class is as likely as another, a little less so with every seed."""

    def fit(self, task: Task) -> Outcome:
        """Scores of a constant on all three splits."""

        def said(labels: np.ndarray) -> Predictions:
            logits = np.zeros((len(labels), task.inputs.num_classes), np.float32)
            logits[:, task.run.seed % task.inputs.num_classes] = 1
            return Predictions.from_logits(logits, labels, np.arange(len(labels)))

        inputs = task.inputs
        test = Predictions.from_logits(
            np.zeros((len(inputs.test.labels), inputs.num_classes), np.float32),
            inputs.test.labels,
            inputs.test_index,
        )
        epoch = EpochPart(
            loss=1.0, accuracy=0.0, validation_loss=1.0, validation_accuracy=0.0, seconds=0.0
        )
        task.on_epoch(1, epoch)
        return Outcome(
            model=ModelPart(
                parameters=0, trainable_parameters=0, non_trainable_parameters=0, flops=0
            ),
            history=(epoch,),
            best_epoch=None,
            train=score(said(inputs.train.labels)),
            validation=score(said(inputs.validation.labels)),
            test=test,
            training_seconds=0.0,
            images_per_second=0.0,
        )
