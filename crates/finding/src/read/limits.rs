//! How much a file may cost: bytes, depth, expansion and counted work.
//!
//! Time is bounded by counting work rather than by the wall clock, so that the same file ends the
//! same way on a slow machine and a fast one.

use std::cell::Cell;
use std::path::PathBuf;

use super::ReadError;

/// What a read may cost. The defaults suit a server with a few gigabytes of memory.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of the file itself.
    pub bytes: u64,
    /// Bytes that come out of all its compressed parts together.
    pub expanded: u64,
    /// How many times its compressed size one part may grow, once it is over 16 MiB.
    pub ratio: u64,
    /// Files within files within files.
    pub nesting: usize,
    /// Elements within elements, groups within groups.
    pub depth: usize,
    /// Files in one archive, attachments of one message.
    pub entries: usize,
    /// Blocks of one document.
    pub blocks: usize,
    /// Pages of one document.
    pub pages: usize,
    /// Units of work; one unit is about 10 ns on a machine of 2024. A file inside a file may use half
    /// of what is left, so that one bad attachment cannot spoil the message around it.
    pub work: u64,
    /// Whether pictures of text are read with OCR.
    pub ocr: Ocr,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            expanded: 512 << 20,
            ratio: 500,
            nesting: 8,
            depth: 256,
            entries: 20_000,
            blocks: 1_000_000,
            pages: 5_000,
            work: 2_000_000_000,
            ocr: Ocr::Off,
        }
    }
}

/// Optical character recognition by the Tesseract program, run as a child process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ocr {
    /// Pictures of text are reported as not read.
    Off,
    /// Run Tesseract.
    Tesseract {
        /// The program; `None` searches the `PATH`.
        program: Option<PathBuf>,
        /// Language data, such as `eng`.
        language: String,
        /// Seconds after which the child is stopped and the page reported as not read.
        seconds_per_page: u64,
        /// Pages of one document after which the rest is reported as not read.
        pages: usize,
    },
}

impl Ocr {
    /// Tesseract from the `PATH` with English data, 60 seconds a page, 200 pages.
    #[must_use]
    pub fn tesseract() -> Self {
        Self::Tesseract { program: None, language: "eng".into(), seconds_per_page: 60, pages: 200 }
    }
}

/// What is left of the budget while one file is read.
#[derive(Debug)]
pub(super) struct Meter {
    work: Cell<u64>,
    expanded: Cell<u64>,
}

/// The limits, what is left of them, and how deep we are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub limits: &'a Limits,
    meter: &'a Meter,
    pub nesting: usize,
}

impl Meter {
    pub fn new(limits: &Limits) -> Self {
        Self { work: Cell::new(limits.work), expanded: Cell::new(limits.expanded) }
    }
}

impl<'a> Context<'a> {
    pub fn new(limits: &'a Limits, meter: &'a Meter) -> Self {
        Self { limits, meter, nesting: 0 }
    }

    /// Uses `units` of work.
    pub fn spend(&self, units: usize) -> Result<(), ReadError> {
        let left = self.meter.work.get().checked_sub(units as u64).ok_or(ReadError::OutOfWork)?;
        self.meter.work.set(left);
        Ok(())
    }

    /// Counts `bytes` that came out of a compressed part.
    pub fn expand(&self, bytes: usize) -> Result<(), ReadError> {
        let left = self.meter.expanded.get().checked_sub(bytes as u64).ok_or(ReadError::Expands)?;
        self.meter.expanded.set(left);
        self.spend(bytes / 4)
    }

    /// Bytes that compressed parts may still produce.
    pub fn expandable(&self) -> u64 {
        self.meter.expanded.get()
    }

    /// Runs `read` on a file inside this one with half of what is left, and counts what it used.
    pub fn inside<T>(&self, read: impl FnOnce(Context<'_>) -> Result<T, ReadError>) -> Result<T, ReadError> {
        if self.nesting + 1 > self.limits.nesting {
            return Err(ReadError::Nested { limit: self.limits.nesting });
        }
        let work = self.meter.work.get() / 2;
        let expanded = self.meter.expanded.get() / 2;
        let meter = Meter { work: Cell::new(work), expanded: Cell::new(expanded) };
        let result = read(Context { limits: self.limits, meter: &meter, nesting: self.nesting + 1 });
        self.meter.work.set(self.meter.work.get() - (work - meter.work.get()));
        self.meter.expanded.set(self.meter.expanded.get() - (expanded - meter.expanded.get()));
        result
    }

    /// Fails when `depth` elements are open.
    pub fn check_depth(&self, depth: usize) -> Result<(), ReadError> {
        if depth > self.limits.depth { Err(ReadError::Deep { limit: self.limits.depth }) } else { Ok(()) }
    }
}
