"""Every error the connector raises, branched by what the caller should do.

ConnectorError
├── RetryLaterError            the outside is not ready; the same call may go through later   exit 75
│   ├── ClusterUnavailableError    OpenSearch did not answer, or answered 429/503 for too long
│   ├── BrokerUnavailableError     Kafka did not answer
│   ├── IndexMovedError            the alias leads to another index than the one that was opened
│   └── DeviceLostError            the accelerator failed; a new process may find it well
├── DeadLetterError            this record can never be written; its neighbours can     (never exits)
├── StopError                  the run cannot go on; somebody has to change something    exit 1
│   ├── ClusterRefusedError        OpenSearch answered 401, 403 or a request it will never accept
│   ├── IndexMissingError          the index or alias that is needed does not exist
│   ├── EncoderError               the model cannot be loaded, or its output is unusable
│   ├── WorkerDiedError            a worker process of a fleet died again and again
│   └── LocalServerError           a local server cannot be assembled, started or stopped
├── UsageError                 what the user wrote is wrong: file, flag or value         exit 2
│   ├── CatalogueError             `catalogue.toml` is wrong, with line and field
│   ├── SettingsError              `connector.toml`, a CONNECTOR_ variable or a flag is wrong
│   ├── RequestError               a search request is wrong
│   ├── JudgmentsError             a queries, judgments or run file is wrong
│   ├── SynonymsError              a file of synonyms or of candidates is wrong, with line and column
│   ├── RulesError                 the file of merchandising rules is wrong, with line and key
│   └── WeightsError               a weights or features file is wrong
└── RefusedError               a guard said no; carrying on would damage the index       exit 3
    ├── ModelMismatchError         the index was built with another model, prompt or template
    ├── MappingMismatchError       the live mapping differs from the catalogue's
    └── GateRefusedError           a gate found that a new index must not be searched yet
"""

from typing import ClassVar


class ConnectorError(Exception):
    """Base of all errors whose message is written for the user: one line, no traceback."""

    exit_code: ClassVar[int] = 1


class RetryLaterError(ConnectorError):
    """Raised when something outside is not ready; nothing was lost, and a later try may succeed."""

    exit_code = 75


class ClusterUnavailableError(RetryLaterError):
    """Raised when OpenSearch cannot be reached, times out, or stays overloaded past the retries.

    Attributes:
        retry_after_s: how long it asked to be left alone, seconds; 0 where it did not say.
        said: what it answered, in few words that are the same every time.
    """

    def __init__(self, message: str, retry_after_s: float = 0.0, said: str = "no answer") -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.said = said


class BrokerUnavailableError(RetryLaterError):
    """Raised when Kafka cannot be reached or does not answer in time."""


class IndexMovedError(RetryLaterError):
    """Raised when an alias leads to another index than the one that was opened; open it again."""


class DeviceLostError(RetryLaterError):
    """Raised when an accelerator fails in a way that its process cannot recover from."""


class DeadLetterError(ConnectorError):
    """Raised when one record can never be written; the worker parks it and goes on.

    Attributes:
        error_class: short stable name of the fault, e.g. `InvalidJson`, kept in the dead letter.
    """

    def __init__(self, error_class: str, reason: str) -> None:
        super().__init__(reason)
        self.error_class = error_class


class StopError(ConnectorError):
    """Raised when the run cannot go on until somebody changes something."""


class ClusterRefusedError(StopError):
    """Raised when OpenSearch refuses the credentials, the permission or the request itself."""


class IndexMissingError(StopError):
    """Raised when the index or alias that a command needs does not exist."""


class EncoderError(StopError):
    """Raised when the model cannot be loaded or returns something that is not an embedding."""


class WorkerDiedError(StopError):
    """Raised when a worker process ends without a word: killed, or by a fault of ours."""


class LocalServerError(StopError):
    """Raised when a local server cannot be assembled, started or stopped."""


class UsageError(ConnectorError):
    """Raised when a file, flag or value that the user wrote is wrong."""

    exit_code = 2


class CatalogueError(UsageError):
    """Raised when `catalogue.toml` is wrong; the message names file, line and field."""


class SettingsError(UsageError):
    """Raised when `connector.toml`, a CONNECTOR_ variable or a flag is wrong."""


class RequestError(UsageError):
    """Raised when a search request is wrong: an unknown filter field, a negative size."""


class JudgmentsError(UsageError):
    """Raised when a queries, judgments or run file is wrong; the message names file and line."""


class SynonymsError(UsageError):
    """Raised when a file of synonyms is wrong; the message names file, line and column."""


class RulesError(UsageError):
    """Raised when the file of merchandising rules is wrong; the message names file, line and key."""


class WeightsError(UsageError):
    """Raised when a file of weights or of features is wrong; the message names file and term."""


class RefusedError(ConnectorError):
    """Raised when a guard stops a command that would damage the index."""

    exit_code = 3


class ModelMismatchError(RefusedError):
    """Raised when vectors of two models would meet in one index or one search."""


class MappingMismatchError(RefusedError):
    """Raised when the live index differs from what the catalogue asks for."""


class GateRefusedError(RefusedError):
    """Raised when a gate finds that searches must not be sent to a new index."""
