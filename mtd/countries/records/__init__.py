"""Country records: what a country's facts look like, how they are checked, and the ones that ship as YAML.

A *fact* is one value with its source, the date of that source and whether the source confirms it. Facts are
shipped in data/<code>.yaml; corrections made in the system are laid over them (see queries.py).
"""

from mtd.countries.records.checks import InvalidValue, Problem, check_fact, check_key, is_source_date
from mtd.countries.records.facts import (
    ChildrenPopulation,
    Completeness,
    Country,
    Fact,
    Helpline,
    LegalBasis,
    Prevalence,
    RetentionRule,
    with_facts,
)
from mtd.countries.records.shipped import UnknownCountry, european_prevalence, shipped
from mtd.countries.records.words import (
    AUDIENCES,
    CODES,
    COUNTS,
    DUTIES,
    KINDS,
    LISTS,
    SINGLES,
    TOPICS,
    UNITS,
    date_words,
    in_language,
)

__all__ = [
    "AUDIENCES",
    "CODES",
    "COUNTS",
    "DUTIES",
    "KINDS",
    "LISTS",
    "SINGLES",
    "TOPICS",
    "UNITS",
    "ChildrenPopulation",
    "Completeness",
    "Country",
    "Fact",
    "Helpline",
    "InvalidValue",
    "LegalBasis",
    "Prevalence",
    "Problem",
    "RetentionRule",
    "UnknownCountry",
    "check_fact",
    "check_key",
    "date_words",
    "european_prevalence",
    "in_language",
    "is_source_date",
    "shipped",
    "with_facts",
]
