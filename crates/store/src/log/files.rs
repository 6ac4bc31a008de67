//! Writing files so that a crash leaves the old content or the new, never a mixture.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("`{}` could not be {verb}: {source}", path.display())]
pub struct FileError {
    /// Which file or folder.
    pub path: PathBuf,
    /// `read`, `written` or `locked`.
    pub verb: &'static str,
    /// What the system said.
    pub source: io::Error,
}

impl FileError {
    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        Self::at(path, "read")
    }

    pub(super) fn at(path: &Path, verb: &'static str) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self { path, verb, source }
    }
}

/// Replaces the file's content as one durable step: a new file is written, synced and renamed over
/// the old one, and the folder is synced. A sync that fails is an error and is not tried again.
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), FileError> {
    replace_as(path, content, OpenOptions::new().write(true).create(true).truncate(true))
}

/// Writes a file of a copy that can be made again; makes its folder.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), FileError> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(FileError::at(parent, "written"))?;
    fs::write(path, content).map_err(FileError::at(path, "written"))
}

/// As [`replace`], in a file that only its owner may read.
pub(super) fn replace_private(path: &Path, content: &[u8]) -> Result<(), FileError> {
    let mut how = OpenOptions::new();
    how.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut how, 0o600);
    replace_as(path, content, &how)
}

fn replace_as(path: &Path, content: &[u8], how: &OpenOptions) -> Result<(), FileError> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(FileError::at(parent, "written"))?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let fresh = path.with_file_name(name);
    write_synced(how.open(&fresh), content).map_err(FileError::at(&fresh, "written"))?;
    fs::rename(&fresh, path).map_err(FileError::at(path, "written"))?;
    sync_folder(parent)
}

fn write_synced(file: io::Result<File>, content: &[u8]) -> io::Result<()> {
    let mut file = file?;
    file.write_all(content)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> Result<(), FileError> {
    File::open(path).and_then(|f| f.sync_all()).map_err(FileError::at(path, "written"))
}

/// The file's content, or `None` when there is no such file.
pub(super) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(FileError::read(path)(e)),
    }
}
