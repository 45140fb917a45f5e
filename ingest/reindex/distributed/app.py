"""Celery as both sides use it: JSON, late acknowledgement, no remote control, no results."""

from celery import Celery

from connector.settings import Settings

TASK = "reindex.slice"
# Nothing of a task takes longer; see `ingest.reindex.carry.BEGIN_S`.
LIMIT_S = 60
# Ten times that: before then Redis gives nobody what another has in hand.
_VISIBLE_S = 600


def make_app(settings: Settings) -> Celery:
    """Return an app that knows how tasks travel, and none of them yet.

    Results are not kept: the ledger has them.
    """
    app = Celery("connector-reindex", broker=settings.redis.url, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_time_limit=LIMIT_S,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={"visibility_timeout": _VISIBLE_S},
    )
    return app
