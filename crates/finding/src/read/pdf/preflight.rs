//! Looks for streams that unpack to absurd sizes before a library unpacks them.

use flate2::{Decompress, FlushDecompress, Status};

use super::super::ReadError;
use super::super::limits::Context;

/// Bytes that one stream may unpack to.
const STREAM: u64 = 128 << 20;

/// Counts what each deflate stream in the file unpacks to, twice over for streams packed twice.
pub(super) fn check(bytes: &[u8], context: &Context<'_>) -> Result<(), ReadError> {
    let limit = STREAM.min(context.limits.expanded);
    for at in memchr::memmem::find_iter(bytes, b"stream") {
        context.spend(50)?;
        let after = bytes.get(at + 6..).unwrap_or_default();
        let body = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")).unwrap_or(after);
        if is_zlib(body) {
            let first = size(body, limit, context)?;
            // Small streams that unpack to a stream again.
            if first.starts_with_zlib {
                size(&first.head, limit, context)?;
            }
        }
    }
    Ok(())
}

fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [a, b, ..] if a & 0x0f == 8 && (u16::from(*a) << 8 | u16::from(*b)) % 31 == 0)
}

struct Unpacked {
    starts_with_zlib: bool,
    head: Vec<u8>,
}

/// Unpacks without keeping more than the first part.
fn size(body: &[u8], limit: u64, context: &Context<'_>) -> Result<Unpacked, ReadError> {
    let mut inflate = Decompress::new(true);
    let mut buffer = vec![0; 64 << 10];
    let mut head = Vec::new();
    loop {
        let (read, written) = (inflate.total_in(), inflate.total_out());
        let rest = usize::try_from(read).ok().and_then(|at| body.get(at..)).unwrap_or_default();
        let status = inflate.decompress(rest, &mut buffer, FlushDecompress::None);
        let produced = usize::try_from(inflate.total_out() - written).unwrap_or(0);
        context.spend(produced / 8 + 50)?;
        if head.is_empty() || is_zlib(&head) && head.len() < 4 << 20 {
            head.extend_from_slice(buffer.get(..produced).unwrap_or_default());
        }
        if inflate.total_out() > limit {
            return Err(ReadError::Expands);
        }
        let stuck = produced == 0 && inflate.total_in() == read;
        if stuck || !matches!(status, Ok(Status::Ok)) {
            return Ok(Unpacked { starts_with_zlib: is_zlib(&head), head });
        }
    }
}
