"""Every table, gathered for migrations and tests."""

from arbitration.store import cases, delivery, evidence, history, intake, jobs, panel, people, rulings, standard
from arbitration.store.base import Base

MODULES = (people, standard, intake, cases, panel, evidence, rulings, delivery, history, jobs)
metadata = Base.metadata
