//! ZIP archives of files.

use super::builder::Builder;
use super::limits::Context;
use super::package::Package;
use super::{ReadError, guard};
use crate::model::{Document, FileKind};

pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    guard::guarded("archive", || {
        let mut package = Package::open(bytes, context.limits.entries)?;
        let mut builder = Builder::new(FileKind::Zip, context);
        for (number, (name, index)) in package.names.clone().into_iter().enumerate() {
            match package.entry(index, &context) {
                Ok(bytes) => builder.attach(&name, bytes, None)?,
                // One member that grows too much spoils the archive: its size says nothing honest.
                Err(e @ (ReadError::OutOfWork | ReadError::Expands)) => return Err(e),
                Err(e) => builder.problem(format!("file {} of the archive", number + 1), e.to_string()),
            }
        }
        Ok(builder.document)
    })
}

/// Reads what an Office package carries besides its own parts: pictures, embedded files, macros.
/// Every part is either read elsewhere, known to hold no words of anyone, read here, or a problem.
pub(super) fn carried(
    package: &mut Package<'_>,
    builder: &mut Builder<'_>,
    known: impl Fn(&str) -> bool,
) -> Result<(), ReadError> {
    for (name, index) in package.names.clone() {
        if known(&name) || is_plumbing(&name) {
            continue;
        }
        let context = builder.context;
        let bytes = match package.entry(index, &context) {
            Ok(bytes) => bytes,
            Err(e) => {
                builder.tolerate(&name, Err(e))?;
                continue;
            }
        };
        carry(&name, bytes, builder)?;
    }
    Ok(())
}

fn carry(name: &str, bytes: Vec<u8>, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    use crate::model::HiddenKind;
    let lower = name.to_ascii_lowercase();
    if lower.contains("vbaproject") || lower.contains("basic/") || lower.contains("scripts/") {
        builder.hide(HiddenKind::Script, name, 1);
        let words = readable_runs(&bytes);
        builder.part(crate::model::BlockKind::Aside, &words, name, 0, false)
    } else if lower.contains("customxml/") || lower.ends_with(".xml") || lower.ends_with(".rdf") {
        let what = if lower.contains("customxml/") { HiddenKind::Metadata } else { HiddenKind::EmbeddedFile };
        let result = super::package::harvest(&bytes, name, what, &["val", "name", "value"], builder);
        builder.tolerate(name, result)
    } else if lower.contains("/media/") || lower.starts_with("pictures/") || lower.starts_with("media/") {
        builder.attach(name, bytes, None)
    } else if lower.ends_with(".bin") && lower.contains("printersettings") {
        builder.hide(HiddenKind::Metadata, name, 1);
        let words = readable_runs(&bytes);
        builder.part(crate::model::BlockKind::Aside, &words, name, 0, false)
    } else {
        builder.hide(HiddenKind::EmbeddedFile, name, 1);
        let before = builder.document.attachments.len();
        builder.attach(name, bytes, None)?;
        unread_object(name, before, builder)
    }
}

/// Words inside an embedded object that no reader understands are at least searched.
fn unread_object(name: &str, at: usize, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let Some(attachment) = builder.document.attachments.get(at) else { return Ok(()) };
    if attachment.content.is_ok() {
        return Ok(());
    }
    let words = readable_runs(&attachment.bytes);
    builder.part(crate::model::BlockKind::Aside, &words, name, 0, false)
}

/// Runs of six or more printable characters, narrow or wide, as the `strings` program finds them.
pub(super) fn readable_runs(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut run = String::new();
    let narrow = bytes.iter().map(|b| char::from(*b));
    let wide = bytes.chunks_exact(2).map(|p| match p {
        [low, 0] => char::from(*low),
        _ => '\0',
    });
    for c in narrow.chain(std::iter::once('\0')).chain(wide).chain(std::iter::once('\0')) {
        if c.is_ascii_graphic() || c == ' ' {
            run.push(c);
            continue;
        }
        if run.trim().len() >= 6 && out.len() < 1 << 20 {
            out.push_str(run.trim());
            out.push('\n');
        }
        run.clear();
    }
    out
}

/// Parts of every Office format that hold names of styles, fonts and shapes only.
fn is_plumbing(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    name.ends_with(".rels")
        || name == "[Content_Types].xml"
        || name == "mimetype"
        || name == "META-INF/manifest.xml"
        || name.contains("/theme/")
        || name.starts_with("docProps/")
        || name.starts_with("Configurations2/")
        || name.starts_with("Thumbnails/") && name.ends_with(".xml")
        || ["fontTable.xml", "webSettings.xml", "stylesWithEffects.xml", "calcChain.xml", "tableStyles.xml"]
            .contains(&file)
        || ["viewProps.xml", "manifest.rdf", "layout-cache", "fonts.xml"].contains(&file)
        || name.contains("/fonts/")
        || name.contains("/charts/style")
        || name.contains("/charts/colors")
        || name.contains("/diagrams/colors")
        || name.contains("/diagrams/layout")
        || name.contains("/diagrams/quickStyle")
}
