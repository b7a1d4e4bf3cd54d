"""How many households of a network's region a case fits: the figure of the region, and the reckoning."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from mtd.consultations.case import Case
from mtd.consultations.crowd import Crowd, Region, reckon
from mtd.consultations.models import Consultation, RegionFigure
from mtd.core.guarded import judge
from mtd.deidentification.findings import Kind
from mtd.deidentification.lists import population
from mtd.organizations.models import Network

_ISO = {"EL": "GR"}
_WORDS = re.compile(
    r"\b(kreis|landkreis|stadt|region|district|county|municipality|city of|provincia|comarca|okres|kraj|obec)\b",
    re.IGNORECASE,
)


def region_of(network: Network) -> Region:
    """What is known of a region: what was stated, else what the list of places knows of a place of this name."""
    figure = RegionFigure.objects.filter(network=network).first()
    if figure is not None:
        return Region(network.region, figure.inhabitants, figure.source, figure.as_of)
    name = _WORDS.sub(" ", re.split(r"[,(]", network.region)[0]).strip()
    found = _counted(name, network.country) if name else None
    if found:
        return Region(
            network.region,
            found,
            _("GeoNames, the largest place of this name; the region has at least as many"),
        )
    return Region(network.region)


def _counted(place: str, country: str) -> int | None:
    try:
        return population(place, _ISO.get(country, country))
    except Exception:
        return (
            None  # the list is damaged: then nothing is sent anyhow, and what was written can still be read
        )


def crowd_of(consultation: Consultation, case: Case) -> Crowd:
    """The rule of thumb for a case, with the passages that the guard calls rare."""
    rare = sum(
        passage.kind is Kind.RARE for text in case.texts().values() for passage in judge(text).passages
    )
    return reckon(case, region_of(consultation.network), rare)
