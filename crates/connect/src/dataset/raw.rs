//! The YAML as it is written, before anything is checked.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    pub dataset: Vec<RawDataset>,
}

/// A list that may be left out or be null.
pub(super) type List<T> = Option<Vec<T>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that describe and change nothing are known, so that others are refused")]
pub(super) struct RawDataset {
    pub fides_key: Spanned<String>,
    name: Option<IgnoredAny>,
    description: Option<IgnoredAny>,
    organization_fides_key: Option<IgnoredAny>,
    tags: Option<IgnoredAny>,
    meta: Option<IgnoredAny>,
    data_qualifier: Option<IgnoredAny>,
    data_uses: Option<IgnoredAny>,
    data_purposes: Option<IgnoredAny>,
    data_subjects: Option<IgnoredAny>,
    joint_controller: Option<IgnoredAny>,
    retention: Option<IgnoredAny>,
    third_country_transfers: Option<IgnoredAny>,
    pub data_categories: List<Spanned<String>>,
    pub fides_meta: Option<RawDatasetMeta>,
    pub fidesops_meta: Option<RawDatasetMeta>,
    pub collections: Vec<RawCollection>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that describe and change nothing are known, so that others are refused")]
pub(super) struct RawDatasetMeta {
    pub after: List<Spanned<String>>,
    pub namespace: Option<RawNamespace>,
    resource_id: Option<IgnoredAny>,
    redact: Option<IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that describe and change nothing are known, so that others are refused")]
pub(super) struct RawNamespace {
    pub schema: Option<String>,
    connection_type: Option<IgnoredAny>,
    database_name: Option<IgnoredAny>,
    database_id: Option<IgnoredAny>,
    project_id: Option<IgnoredAny>,
    dataset_id: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that describe and change nothing are known, so that others are refused")]
pub(super) struct RawCollection {
    pub name: Spanned<String>,
    description: Option<IgnoredAny>,
    data_qualifier: Option<IgnoredAny>,
    data_uses: Option<IgnoredAny>,
    data_purposes: Option<IgnoredAny>,
    data_subjects: Option<IgnoredAny>,
    pub data_categories: List<Spanned<String>>,
    pub fides_meta: Option<RawCollectionMeta>,
    pub fidesops_meta: Option<RawCollectionMeta>,
    pub fields: Vec<RawField>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that describe and change nothing are known, so that others are refused")]
pub(super) struct RawCollectionMeta {
    pub after: List<Spanned<String>>,
    pub erase_after: List<Spanned<String>>,
    pub skip_processing: Option<bool>,
    pub masking_strategy_override: Option<RawMasking>,
    partitioning: Option<IgnoredAny>,
    redact: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that describe and change nothing are known, so that others are refused")]
pub(super) struct RawField {
    pub name: Spanned<String>,
    description: Option<IgnoredAny>,
    data_qualifier: Option<IgnoredAny>,
    data_uses: Option<IgnoredAny>,
    data_purposes: Option<IgnoredAny>,
    data_subjects: Option<IgnoredAny>,
    retention: Option<IgnoredAny>,
    pub data_categories: List<Spanned<String>>,
    pub fides_meta: Option<RawFieldMeta>,
    pub fidesops_meta: Option<RawFieldMeta>,
    pub fields: List<RawField>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that describe and change nothing are known, so that others are refused")]
pub(super) struct RawFieldMeta {
    pub identity: Option<Spanned<String>>,
    pub primary_key: Option<bool>,
    pub data_type: Option<Spanned<String>>,
    pub length: Option<u32>,
    pub references: List<RawReference>,
    pub return_all_elements: Option<bool>,
    pub read_only: Option<bool>,
    pub masking_strategy_override: Option<RawMasking>,
    custom_request_field: Option<IgnoredAny>,
    redact: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReference {
    pub dataset: Spanned<String>,
    pub field: Spanned<String>,
    pub direction: Option<Spanned<String>>,
}

/// A masking strategy with its configuration, in a dataset or in a policy.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMasking {
    pub strategy: Spanned<String>,
    pub configuration: Option<RawConfiguration>,
}

/// The keys of every known strategy; which of them a strategy takes is checked afterwards.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawConfiguration {
    pub rewrite_value: Option<String>,
    pub length: Option<u32>,
    pub algorithm: Option<String>,
    pub format_preservation: Option<RawFormat>,
}

/// What is put behind a masked value, such as `@masked.invalid`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFormat {
    pub suffix: Option<String>,
}
