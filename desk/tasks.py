"""The one Celery task: run this job, if it still wants running."""

from desk.celery import app
from desk.jobs import run


@app.task(name="desk.run_job", ignore_result=True)
def run_job(job_id: int) -> None:
    run(job_id)
