"""Presidio as a peer of `counterfoil bench detect`.

Reads lines of {"text", "timed"}, writes lines of {"findings": [{"entity", "start", "end"}]}, and for
a timed text {"cpu_seconds"}. Set up with `pip install presidio-analyzer`. Patterns only: a blank
English pipeline that splits words and lower-cases them stands in for a trained model, so that
Presidio's context words work and no model is downloaded. All its UK recognisers are switched on.
"""

import json
import logging
import sys
import time

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    CryptoRecognizer,
    DateRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    NhsRecognizer,
    PhoneRecognizer,
    UkDrivingLicenceRecognizer,
    UkNinoRecognizer,
    UkPassportRecognizer,
    UkPostcodeRecognizer,
    UkVehicleRegistrationRecognizer,
    UrlRecognizer,
)
from spacy.language import Language

THRESHOLD = 0.35
PIECE = 100_000


@Language.component("lower_case_lemma")
def lower_case_lemma(doc):
    for token in doc:
        token.lemma_ = token.lower_
    return doc


def engine():
    pipeline = spacy.blank("en")
    pipeline.add_pipe("lower_case_lemma")
    pipeline.max_length = 10_000_000
    nlp = SpacyNlpEngine()
    nlp.nlp = {"en": pipeline}
    registry = RecognizerRegistry()
    for recogniser in (
        CreditCardRecognizer(),
        CryptoRecognizer(),
        DateRecognizer(),
        EmailRecognizer(),
        IbanRecognizer(),
        IpRecognizer(),
        NhsRecognizer(),
        PhoneRecognizer(supported_regions=("GB", "IE", "US")),
        UkDrivingLicenceRecognizer(),
        UkNinoRecognizer(),
        UkPassportRecognizer(),
        UkPostcodeRecognizer(),
        UkVehicleRegistrationRecognizer(),
        UrlRecognizer(),
    ):
        registry.add_recognizer(recogniser)
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])


def analyse(analyzer, text):
    found = analyzer.analyze(text=text, language="en", score_threshold=THRESHOLD)
    return [{"entity": f.entity_type, "start": f.start, "end": f.end} for f in found]


def main():
    logging.disable(logging.CRITICAL)
    analyzer = engine()
    for line in sys.stdin:
        request = json.loads(line)
        text = request["text"]
        if request.get("timed"):
            start = time.process_time()
            for at in range(0, len(text), PIECE):
                analyse(analyzer, text[at : at + PIECE])
            print(json.dumps({"cpu_seconds": time.process_time() - start}))
        else:
            print(json.dumps({"findings": analyse(analyzer, text)}))


if __name__ == "__main__":
    main()
