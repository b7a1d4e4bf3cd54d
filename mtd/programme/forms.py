"""Correcting a value: the fields of each kind of value, and the proof that every value needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.countries import records
from mtd.countries.records import Country, Fact, InvalidValue

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Label = str | _StrPromise

Fields = dict[str, forms.Field]
Clean = Mapping[str, Any]
LANGUAGES = (("en", _("English")), ("de", _("German")))


class CorrectionForm(forms.Form):
    """A new state for one value, or a new entry of a list. `value` and `key` hold what the person meant."""

    source = forms.CharField(
        label=_("Where you read it"),
        required=False,
        max_length=500,
        help_text=_("Law, page or publication, exact enough for somebody else to find it."),
    )
    source_date = forms.CharField(
        label=_("Date of the source"),
        required=False,
        max_length=11,
        help_text=_("2025, 2025-11 or 2025-11-19. Write ~2008 for “about 2008”; leave it empty if undated."),
    )
    confirmed = forms.BooleanField(
        label=_("Confirmed: the source says exactly this, and it holds today"), required=False
    )

    def __init__(
        self, *args: Any, country: Country, kind: str, fact: Fact | None = None, **kwargs: Any
    ) -> None:
        self.country, self.kind, self.fact = country, kind, fact
        self.value: Any = None
        self.key = fact.key if fact else ""
        super().__init__(*args, **kwargs)
        self.parts = _PARTS[kind]
        self.fields = {
            **self.parts.fields(country),
            **self.fields,
            **_texts("note", _("Note"), rows=2),
            "based_on": forms.IntegerField(required=False, widget=forms.HiddenInput),
        }
        if fact:
            self.initial = {
                **(self.parts.initial(fact.value) if fact.value is not None else {}),
                **_split("note", fact.note),
                "source": fact.source,
                "source_date": fact.date,
                "confirmed": fact.confirmed,
                "based_on": fact.number,
                **self.initial,
            }

    @property
    def value_fields(self) -> list[forms.BoundField]:
        """What the value is."""
        return [self[name] for name in self.parts.fields(self.country)]

    @property
    def proof_fields(self) -> list[forms.BoundField]:
        """Where it comes from."""
        return [self[name] for name in ("source", "source_date", "confirmed", "note_en", "note_de")]

    @property
    def note(self) -> dict[str, str]:
        return _joined("note", self.cleaned_data, self.fact.note if self.fact else {})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        self.value = self.parts.value(data, self.fact.value if self.fact and self.fact.value else {})
        self.key = self.key or self._new_key(self.value)
        try:
            records.check_fact(
                self.key,
                self.value,
                source=data["source"],
                date=data["source_date"],
                confirmed=data["confirmed"],
                note=self.note,
                regions=self.country.regions,
            )
        except InvalidValue as invalid:
            for problem in invalid.problems:
                self.add_error(self._field_of(problem.part), str(problem.message))
        return data

    def _field_of(self, part: str) -> str | None:
        return next((name for name in (part, f"{part}_en", f"{part}_low") if name in self.fields), None)

    def _new_key(self, value: Mapping[str, Any]) -> str:
        """A key from the entry's name, unlike any key that the country has ever used in this list."""
        name = value.get("service") or records.in_language(
            value.get("title") or value.get("what") or {}, "en"
        )
        prefix = f"{self.country.code.lower()}-" if self.kind == "legal_bases" else ""
        slug = f"{prefix}{slugify(name)[:40].strip('-_') or 'entry'}".replace("_", "-")
        number, unique = 2, slug
        while f"{self.kind}.{unique}" in self.country.facts:
            unique, number = f"{slug}-{number}", number + 1
        return f"{self.kind}.{unique}"


class WithdrawalForm(forms.Form):
    """Taking an entry off its list; the reason stays in its history."""

    reason = forms.CharField(
        label=_("Why it is taken off"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)


class _Parts(NamedTuple):
    """How a kind of value is typed: its fields, what stands in them, and what is made of them."""

    fields: Callable[[Country], Fields]
    initial: Callable[[Any], dict[str, Any]]
    value: Callable[[Clean, Any], Any]


def _texts(
    name: str, label: Label, *, required: bool = False, rows: int = 0, help_text: Label = ""
) -> Fields:
    """The same text in each language of the interface; English comes first and is the one that is required."""

    def widget() -> forms.Widget:
        return forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()

    return {
        f"{name}_{code}": forms.CharField(
            label=format_lazy("{}, {}", label, language),
            required=required and code == "en",
            max_length=2000,
            widget=widget(),
            help_text=help_text if code == "en" else "",
        )
        for code, language in LANGUAGES
    }


def _split(name: str, texts: Mapping[str, str] | None) -> dict[str, str]:
    return {f"{name}_{code}": (texts or {}).get(code, "") for code, _language in LANGUAGES}


def _joined(name: str, data: Clean, before: Mapping[str, str] | None) -> dict[str, str]:
    """The typed texts; languages that the form does not show are kept as they were."""
    shown = [code for code, _language in LANGUAGES]
    kept = {code: text for code, text in (before or {}).items() if code not in shown}
    return {**{code: data[f"{name}_{code}"] for code in shown if data[f"{name}_{code}"]}, **kept}


def _codes(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _choices(words: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return list(words.items())


def _regions_field(country: Country) -> Fields:
    if not country.regions:
        return {}
    choices = [(code, records.in_language(names)) for code, names in country.regions.items()]
    return {
        "regions": forms.MultipleChoiceField(
            label=_("Only in these regions"),
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("None chosen means the whole country."),
        )
    }


def _with_regions(value: dict[str, Any], data: Clean) -> dict[str, Any]:
    return {**value, "regions": data["regions"]} if data.get("regions") else value


def _simple(
    field: Callable[[], forms.Field], show: Callable[[Any], Any], read: Callable[[Any], Any]
) -> _Parts:
    """A kind with one field called `value`; left empty it means "not known"."""
    return _Parts(
        fields=lambda country: {"value": field()},
        initial=lambda value: {"value": show(value)},
        value=lambda data, before: read(data["value"]) if data["value"] not in ("", None) else None,
    )


def _population_rows(text: str) -> list[Any]:
    rows: list[Any] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        cells = [cell.strip().replace(" ", "").replace(".", "").replace(",", "") for cell in line.split(";")]
        whole = [int(cell) for cell in cells if cell.isdecimal() and len(cell) <= 10]
        names = ("year", "under_15", "under_18", "total")
        rows.append(dict(zip(names, whole, strict=True)) if len(whole) == len(cells) == 4 else line)
    return rows


def _population_text(rows: Iterable[Mapping[str, int]]) -> str:
    return "\n".join(
        "; ".join(str(row[n]) for n in ("year", "under_15", "under_18", "total")) for row in rows
    )


def _helpline_fields(country: Country) -> Fields:
    return {
        "service": forms.CharField(label=_("Name of the helpline"), max_length=200),
        "number": forms.CharField(label=_("Telephone number"), max_length=32),
        "audience": forms.MultipleChoiceField(
            label=_("Whom it is for"),
            choices=_choices(records.AUDIENCES),
            widget=forms.CheckboxSelectMultiple,
        ),
        **_regions_field(country),
        "languages": forms.CharField(
            label=_("Languages spoken"),
            required=False,
            max_length=60,
            help_text=_(
                "Codes with commas between them, for example: nl, fr, de. Empty: those of the country."
            ),
        ),
        **_texts("hours", _("Hours and costs")),
    }


def _helpline_value(data: Clean, before: Mapping[str, Any]) -> dict[str, Any]:
    value = {"service": data["service"], "number": data["number"], "audience": data["audience"]}
    if _codes(data["languages"]):
        value["languages"] = _codes(data["languages"])
    hours = _joined("hours", data, before.get("hours"))
    if hours:
        value["hours"] = hours
    return _with_regions(value, data)


def _legal_fields(country: Country) -> Fields:
    return {
        "topic": forms.ChoiceField(label=_("Topic"), choices=_choices(records.TOPICS)),
        **_texts(
            "title",
            _("Law and what it says, in one line"),
            required=True,
            help_text=_("For example: § 8b SGB VIII – advice on endangerment"),
        ),
        **_regions_field(country),
    }


def _retention_fields(_country: Country) -> Fields:
    return {
        **_texts("title", _("Which records"), required=True),
        **_texts("rule", _("The rule"), required=True, rows=3),
        "years": forms.IntegerField(label=_("Years, if the rule names a number"), required=False),
    }


def _prevalence_fields(country: Country) -> Fields:
    return {
        "counts": forms.ChoiceField(
            label=_("Whom the figure counts"),
            choices=_choices(records.COUNTS),
            help_text=_("Different figures count different people. They are never added or compared."),
        ),
        **_texts("what", _("What it counts, in words"), required=True),
        **_texts("base", _("Of whom it is a share (base population)"), required=True),
        "age_low": forms.IntegerField(label=_("Age of the base, from"), required=False),
        "age_high": forms.IntegerField(label=_("Age of the base, to"), required=False),
        "year": forms.IntegerField(label=_("Year that the figure describes"), required=False),
        "unit": forms.ChoiceField(label=_("Unit"), choices=_choices(records.UNITS)),
        "low": forms.FloatField(label=_("Number, or lower end of a range")),
        "high": forms.FloatField(
            label=_("Upper end of a range"), required=False, help_text=_("Empty: the same as the lower end.")
        ),
        "minimum": forms.BooleanField(label=_("At least: the real number is higher"), required=False),
        **_regions_field(country),
    }


def _prevalence_value(data: Clean, before: Mapping[str, Any]) -> dict[str, Any]:
    ages = [data["age_low"], data["age_high"]]
    value = {
        "counts": data["counts"],
        "what": _joined("what", data, before.get("what")),
        "base": _joined("base", data, before.get("base")),
        "age": None if ages == [None, None] else ages,
        "year": data["year"],
        "unit": data["unit"],
        "low": _whole(data["low"]),
        "high": _whole(data["low"] if data["high"] is None else data["high"]),
    }
    if data["minimum"]:
        value["minimum"] = True
    return _with_regions(value, data)


def _whole(number: float) -> float:
    return int(number) if float(number).is_integer() else number


def _told(kind: str) -> _Parts:
    """A text in each language, named as its kind."""
    return _Parts(
        fields=lambda country: _texts("value", str(records.KINDS[kind])),
        initial=lambda value: _split("value", value),
        value=lambda data, before: _joined("value", data, before) or None,
    )


_PARTS: dict[str, _Parts] = {
    "duty_to_report": _simple(
        lambda: forms.ChoiceField(
            label=_("Who must report"),
            required=False,
            choices=[("", pgettext_lazy("duty to report", "Not known")), *_choices(records.DUTIES)],
        ),
        str,
        str,
    ),
    "emergency_number": _simple(
        lambda: forms.CharField(label=_("Emergency number"), required=False, max_length=6), str, str
    ),
    "consent_age_counselling": _simple(
        lambda: forms.IntegerField(
            label=_("Age in years"),
            required=False,
            help_text=_("From this age a child can agree to counselling without its parents."),
        ),
        int,
        int,
    ),
    "languages": _simple(
        lambda: forms.CharField(
            label=_("Languages"),
            required=False,
            max_length=60,
            help_text=_("Codes with commas between them, for example: nl, fr, de"),
        ),
        ", ".join,
        _codes,
    ),
    "time_zones": _simple(
        lambda: forms.CharField(
            label=_("Time zones"),
            required=False,
            max_length=300,
            help_text=_("Names with commas between them, for example: Europe/Madrid, Atlantic/Canary"),
        ),
        ", ".join,
        _codes,
    ),
    "children_population": _simple(
        lambda: forms.CharField(
            label=_("Children and everyone, a line for each year"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("Year; under 15; under 18; everyone. For example: 2020; 879041; 1056820; 5540718"),
        ),
        _population_text,
        _population_rows,
    ),
    **{kind: _told(kind) for kind in ("reported_to", "family_told_first", "advice_from", "written_down")},
    "helplines": _Parts(
        fields=_helpline_fields,
        initial=lambda value: {
            **value,
            "languages": ", ".join(value.get("languages", ())),
            **_split("hours", value.get("hours")),
        },
        value=_helpline_value,
    ),
    "legal_bases": _Parts(
        fields=_legal_fields,
        # The title of a placeholder is no basis to build on: whoever names the law starts with an empty line.
        initial=lambda value: {
            **value,
            **({} if value.get("placeholder") else _split("title", value["title"])),
        },
        value=lambda data, before: _with_regions(
            {
                "topic": data["topic"],
                "title": _joined("title", data, {} if before.get("placeholder") else before.get("title")),
            },
            data,
        ),
    ),
    "retention_rules": _Parts(
        fields=_retention_fields,
        initial=lambda value: {**value, **_split("title", value["title"]), **_split("rule", value["rule"])},
        value=lambda data, before: {
            "title": _joined("title", data, before.get("title")),
            "rule": _joined("rule", data, before.get("rule")),
            "years": data["years"],
        },
    ),
    "prevalence": _Parts(
        fields=_prevalence_fields,
        initial=lambda value: {
            **value,
            **_split("what", value["what"]),
            **_split("base", value["base"]),
            "age_low": (value.get("age") or (None, None))[0],
            "age_high": (value.get("age") or (None, None))[1],
            "high": None if value["high"] == value["low"] else value["high"],
        },
        value=_prevalence_value,
    ),
}
