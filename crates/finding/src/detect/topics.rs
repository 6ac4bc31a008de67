//! The words that tell what a number beside them is. Compared as whole words, never as substrings:
//! "lic" in "public" says nothing.

/// What a word is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Topic {
    Nhs,
    Nino,
    Phone,
    /// Weakly a telephone number.
    Number,
    Card,
    SortCode,
    Account,
    Utr,
    Passport,
    Licence,
    Vehicle,
    Postcode,
    Iban,
    Ppsn,
    Birth,
    Date,
    /// A kind of number that is not an identifier of a person; it settles the matter.
    Other,
    /// "Some number": a telling word nearby outweighs it.
    Some,
    /// What has version numbers in it.
    Software,
    /// A kind of code that looks like a postcode or a vehicle registration.
    OtherCode,
}

/// How many topics there are.
pub(super) const TOPICS: usize = 20;

/// Each topic's words. A plural `s` is understood.
pub(super) const PHRASES: &[(Topic, &[&str])] = &[
    (Topic::Nhs, &[
        "nhs", "chi", "patient", "health and care", "h c", "hcn", "health service", "health number",
        "hospital number", "medical record",
    ]),
    (Topic::Nino, &["nino", "ni", "nin", "national insurance", "insurance number", "n i"]),
    (Topic::Phone, &[
        "phone", "telephone", "tel", "mobile", "mob", "cell", "call", "called", "calling", "ring", "rang",
        "ringing", "fax", "contact", "whatsapp", "sms", "text", "texted", "dial", "landline", "helpline",
        "home number", "work number", "phoned", "voicemail", "switchboard", "ph", "facetime", "cellphone",
    ]),
    (Topic::Number, &["number", "no", "num", "reach", "on", "t", "m"]),
    (Topic::Card, &["card", "credit", "debit", "visa", "mastercard", "amex", "maestro", "paid with"]),
    (Topic::SortCode, &["sort code", "sortcode", "sort", "s c", "bank", "branch code"]),
    (Topic::Account, &["account", "acct", "acc", "a c", "bank details", "building society"]),
    (Topic::Utr, &["utr", "taxpayer", "tax reference", "self assessment", "tax return", "hmrc", "tax ref"]),
    (Topic::Passport, &["passport", "travel document", "hmpo"]),
    (Topic::Licence, &[
        "driving licence", "driver number", "dvla", "dva", "licence number", "driving license", "licence no",
        "driver licence", "licence",
    ]),
    (Topic::Vehicle, &[
        "registration", "reg", "vehicle", "car", "van", "vrm", "vrn", "plate", "number plate", "numberplate",
        "registered", "motorbike", "motorcycle", "lorry", "taxi", "ford", "vauxhall", "bmw", "audi", "toyota",
        "volkswagen", "vw", "nissan", "honda", "mercedes", "peugeot", "renault", "kia", "hyundai", "skoda",
        "fiesta", "corsa", "astra", "focus", "golf", "hatchback", "saloon", "permit", "dvla", "parked", "parking",
        "minibus", "caravan", "bus", "driving", "drives", "fiat", "volvo", "citroen", "seat", "mazda", "tesla",
        "moped", "scooter", "truck", "motor",
    ]),
    (Topic::Postcode, &["postcode", "post code", "postal code", "address", "lives at", "live at", "pc", "zip"]),
    (Topic::Iban, &["iban", "account"]),
    (Topic::Ppsn, &["pps", "ppsn", "public service number"]),
    (Topic::Birth, &[
        "date of birth", "dob", "d o b", "born", "birth", "birth date", "birthdate", "birthday", "d b",
        "year of birth", "b",
    ]),
    (Topic::Date, &[
        "date", "dated", "today", "on", "since", "until", "till", "from", "by", "due", "expires", "expiry", "exp",
        "valid", "issued", "before", "after", "between", "during", "in", "starting", "ending", "started", "ended",
        "month", "effective", "renewal", "review",
    ]),
    (Topic::Other, &[
        "invoice", "order", "isbn", "issn", "ticket", "parcel", "tracking", "page", "version", "serial", "part",
        "sku", "barcode", "po", "purchase", "model", "batch", "meter", "booking", "docket", "receipt", "item",
        "product", "build", "release", "commit", "asset", "imei", "ean", "doi", "lot", "consignment",
        "transaction", "voucher", "coupon", "lottery", "timestamp", "epoch", "isin", "hash", "mpan", "mprn",
        "population", "votes", "bytes", "pixels", "charity", "company", "vat", "tender", "flight", "catalogue",
        "uprn", "delivery", "shipment", "container", "stock", "score", "ratio",
    ]),
    (Topic::Some, &["ref", "reference", "id", "case", "code", "record", "file", "claim", "policy", "note"]),
    (Topic::Software, &[
        "version", "release", "build", "firmware", "v", "ver", "software", "update", "upgrade", "section",
        "clause", "paragraph", "para", "chapter", "oid", "snmp", "driver",
    ]),
    (Topic::OtherCode, &[
        "form", "room", "section", "model", "part", "sku", "product", "order", "invoice", "version", "item",
        "flight", "route", "bay", "seat", "paper", "size", "grade", "class", "unit", "table", "figure", "appendix",
        "schedule", "annex", "module", "course", "standard", "iso", "bs", "clause", "ref", "reference", "code",
        "serial", "batch", "asset", "ticket", "locker", "shelf", "stock", "catalogue", "type",
    ]),
];
