//! Sealed files: a folder of objects, each named by a keyed hash of its content and owner.
//!
//! INVARIANT: a file is on the disk, whole, before the row that names it is committed; a file that no
//! row names is swept.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::error::{Result, StoreError};

/// The name of a sealed file.
pub type Address = [u8; 32];

/// A folder of sealed files.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

fn problem(what: &'static str) -> impl Fn(std::io::Error) -> StoreError {
    move |e| StoreError::File { what, why: e.to_string() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Two acts may keep the same file at once, in one process or in two: each writes a file of its own.
fn half_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}.part", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Files {
    /// The files below `root`, which is made when absent.
    ///
    /// # Errors
    /// [`StoreError::File`] when the folder cannot be made.
    pub fn open(root: &Path) -> Result<Self> {
        fs::create_dir_all(root).map_err(problem("the folder of files could not be made"))?;
        Ok(Self { root: root.to_owned() })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    fn path(&self, address: &Address) -> PathBuf {
        let name = hex(address);
        let (shelf, rest) = name.split_at(2);
        self.root.join(shelf).join(rest)
    }

    /// Keeps a sealed file; a second time is no change.
    ///
    /// # Errors
    /// [`StoreError::File`] when the disk is full or refuses; nothing is left behind under the name.
    pub fn keep(&self, address: &Address, sealed: &[u8]) -> Result<()> {
        let path = self.path(address);
        let shelf = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(shelf).map_err(problem("a file could not be kept"))?;
        let half = path.with_extension(half_name());
        let written = fs::File::create(&half)
            .and_then(|mut file| file.write_all(sealed).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&half, &path))
            .and_then(|()| fs::File::open(shelf)?.sync_all());
        written.map_err(|e| {
            let _ = fs::remove_file(&half);
            problem("a file could not be kept")(e)
        })
    }

    /// Reads a sealed file.
    ///
    /// # Errors
    /// [`StoreError::File`] when it is missing or cannot be read.
    pub fn read(&self, address: &Address) -> Result<Vec<u8>> {
        fs::read(self.path(address)).map_err(problem("a file could not be read"))
    }

    /// Removes a file; one that is already gone is no error.
    ///
    /// # Errors
    /// [`StoreError::File`] when it cannot be removed.
    pub fn remove(&self, address: &Address) -> Result<()> {
        match fs::remove_file(self.path(address)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(problem("a file could not be removed")(e))
            }
            _ => Ok(()),
        }
    }

    /// Every address that is kept.
    ///
    /// # Errors
    /// [`StoreError::File`] when the folder cannot be read.
    pub fn addresses(&self) -> Result<Vec<Address>> {
        let paths = self.paths()?;
        Ok(paths.iter().filter_map(|p| address_of(p)).collect())
    }

    /// The addresses last written more than `age` ago; half-written leftovers of that age are removed.
    ///
    /// # Errors
    /// [`StoreError::File`] when the folder cannot be read.
    pub fn addresses_older_than(&self, age: Duration) -> Result<Vec<Address>> {
        let what = "the folder of files could not be read";
        let mut found = Vec::new();
        for path in self.paths()? {
            let modified = fs::metadata(&path).and_then(|m| m.modified()).map_err(problem(what))?;
            if modified.elapsed().is_ok_and(|passed| passed > age) {
                match address_of(&path) {
                    Some(address) => found.push(address),
                    None => fs::remove_file(&path).map_err(problem(what))?,
                }
            }
        }
        Ok(found)
    }

    fn paths(&self) -> Result<Vec<PathBuf>> {
        let what = "the folder of files could not be read";
        let mut paths = Vec::new();
        for shelf in fs::read_dir(&self.root).map_err(problem(what))? {
            let shelf = shelf.map_err(problem(what))?.path();
            if shelf.is_dir() {
                for file in fs::read_dir(&shelf).map_err(problem(what))? {
                    paths.push(file.map_err(problem(what))?.path());
                }
            }
        }
        Ok(paths)
    }
}

fn address_of(file: &Path) -> Option<Address> {
    let shelf = file.parent()?.file_name()?.to_str()?;
    let name = format!("{shelf}{}", file.file_name()?.to_str()?);
    let mut address = [0u8; 32];
    if name.len() != 64 {
        return None;
    }
    for (i, byte) in address.iter_mut().enumerate() {
        *byte = u8::from_str_radix(name.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(address)
}
