//! The description of a connected system: its collections, fields, references and categories of data,
//! in the public Fides dataset format (YAML, fideslang 3.1).

mod problem;
pub(crate) mod raw;
mod read;
mod refer;

pub use self::problem::{Problem, Problems};
pub use self::read::parse;
pub(crate) use self::read::yaml;

use crate::mask::Strategy;

/// Every dataset of one file, checked: names are unique and references meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// The keys of the datasets, in the order of the file.
    pub keys: Vec<String>,
    /// Every collection of every dataset, sorted by dataset and name.
    pub collections: Vec<Collection>,
    /// The references, each once.
    pub references: Vec<Reference>,
    /// What must be read before what: collection numbers, the later one first.
    pub after: Vec<(usize, usize)>,
    /// What must be erased before what: collection numbers, the later one first.
    pub erase_after: Vec<(usize, usize)>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// The key of its dataset.
    pub dataset: String,
    /// The table's name.
    pub name: String,
    /// The schema that the dataset's namespace names.
    pub schema: Option<String>,
    /// Categories of the whole row, from the collection or its dataset.
    pub categories: Vec<String>,
    /// The columns, sorted by name.
    pub fields: Vec<Field>,
    /// Left out of every search and erasure.
    pub skip: bool,
    /// Rows are deleted rather than masked.
    pub delete: bool,
    /// The line in the file.
    pub line: u64,
}

/// A column, or a part of a column that holds an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    /// Its name in the table or object.
    pub name: String,
    /// Its own categories.
    pub categories: Vec<String>,
    /// The kind of identity that it holds, such as `email`.
    pub identity: Option<String>,
    /// Part of the key of its collection.
    pub primary_key: bool,
    /// The declared type.
    pub data_type: Option<DataType>,
    /// It holds several values.
    pub array: bool,
    /// The most characters that a masked value may have.
    pub length: Option<usize>,
    /// All elements of an array are the person's when one is.
    pub all_elements: bool,
    /// Never masked.
    pub read_only: bool,
    /// Masked so, whatever the policy says.
    pub masking: Option<Strategy>,
    /// The parts, when it holds an object.
    pub fields: Vec<Self>,
    /// The line in the file.
    pub line: u64,
}

/// The declared type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// True or false.
    Boolean,
    /// Parts of its own.
    Object,
    /// A document store's identifier: 24 hexadecimal digits.
    ObjectId,
}

/// A field of a collection: its number, and the names from the column inwards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The number of the collection in [`Dataset::collections`].
    pub collection: usize,
    /// The column, then the parts inside it.
    pub path: Vec<String>,
}

/// Values of one field that lead to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Whose values are looked up.
    pub from: Place,
    /// Where they are looked up.
    pub to: Place,
    /// No direction was written: it is walked in the direction in which the search first meets it.
    pub either: bool,
}

impl Dataset {
    /// Finds a collection by the key of its dataset and its name.
    #[must_use]
    pub fn find(&self, dataset: &str, name: &str) -> Option<usize> {
        self.collections.iter().position(|c| c.dataset == dataset && c.name == name)
    }

    /// The fields that hold an identity: where, and which kind.
    pub fn identities(&self) -> impl Iterator<Item = (Place, &str)> {
        self.collections.iter().enumerate().filter(|(_, c)| !c.skip).flat_map(|(number, c)| {
            c.leaves().filter_map(move |(path, field)| {
                let kind = field.identity.as_deref()?;
                Some((Place { collection: number, path }, kind))
            })
        })
    }

    /// A place as people write it: `customer.address_id`.
    #[must_use]
    pub fn shown(&self, place: &Place) -> String {
        let name = self.collections.get(place.collection).map_or("?", |c| c.name.as_str());
        format!("{name}.{}", place.path.join("."))
    }

    /// The field at a place.
    #[must_use]
    pub fn field(&self, place: &Place) -> Option<&Field> {
        self.collections.get(place.collection)?.field(&place.path)
    }
}

impl Collection {
    /// Every field without parts, with its path.
    pub fn leaves(&self) -> impl Iterator<Item = (Vec<String>, &Field)> {
        let mut found = Vec::new();
        self.fields.iter().for_each(|f| f.collect(&[], &mut found));
        found.into_iter()
    }

    /// The field of a path.
    #[must_use]
    pub fn field(&self, path: &[String]) -> Option<&Field> {
        let (first, inner) = path.split_first()?;
        let mut field = self.fields.iter().find(|f| f.name == *first)?;
        for name in inner {
            field = field.fields.iter().find(|f| f.name == *name)?;
        }
        Some(field)
    }

    /// The categories of a field: its own, else those of the whole row.
    #[must_use]
    pub fn categories_of<'a>(&'a self, field: &'a Field) -> &'a [String] {
        if field.categories.is_empty() { &self.categories } else { &field.categories }
    }

    /// The declared key.
    #[must_use]
    pub fn primary_key(&self) -> Vec<String> {
        self.fields.iter().filter(|f| f.primary_key).map(|f| f.name.clone()).collect()
    }
}

impl Field {
    fn collect<'a>(&'a self, above: &[String], found: &mut Vec<(Vec<String>, &'a Self)>) {
        let mut path = above.to_vec();
        path.push(self.name.clone());
        if self.fields.is_empty() {
            found.push((path, self));
        } else {
            self.fields.iter().for_each(|f| f.collect(&path, found));
        }
    }
}
