//! Recordings: spans of a WAV file silenced, everything but its samples left behind, and the copy read again.
//!
//! A WAV file is samples in a row, so that a span of it can be made silent to the sample and the rest left as it was.
//! In all other formats a moment is spread over its neighbours: they are named, and never edited or let through here.

use super::SafeFile;

/// What a recording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundKind {
    /// A WAV file: spans of it can be silenced here.
    Wav,
    /// Another recording of sound, by its format's name.
    Sound(&'static str),
    /// A film, by its format's name.
    Film(&'static str),
}

/// Spans in milliseconds, from and until.
pub type Spans = [(u64, u64)];

/// Why there is no copy of a recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SoundError {
    /// It is no WAV file.
    #[error(
        "only WAV recordings are edited and released here: save it as WAV outside, take it in again and release that"
    )]
    NotWav,
    /// The file does not follow its format.
    #[error("the recording is damaged or in a form of WAV that is not known: {0}")]
    Damaged(&'static str),
    /// The copy, read again, was not silent where it must be.
    #[error("the copy of the recording still sounds where it must be silent")]
    NotSilent,
    /// The copy, read again, was not the samples alone.
    #[error("the copy of the recording holds more than its samples")]
    Foreign,
}

/// What a recording is by its first bytes; none when it is not a recording that is known.
#[must_use]
pub fn sound_kind(bytes: &[u8]) -> Option<SoundKind> {
    let at = |from: usize, what: &[u8]| bytes.get(from..from + what.len()) == Some(what);
    let film = |names: &[&[u8]]| names.iter().any(|n| at(8, n));
    Some(match () {
        () if at(0, b"RIFF") && at(8, b"WAVE") => SoundKind::Wav,
        () if at(0, b"RF64") && at(8, b"WAVE") => SoundKind::Sound("RF64"),
        () if at(0, b"RIFF") && at(8, b"AVI ") => SoundKind::Film("AVI"),
        () if at(0, b"ID3") || matches!(bytes.get(..2), Some([0xff, 0xfb | 0xf3 | 0xf2 | 0xfa])) => {
            SoundKind::Sound("MP3")
        }
        () if at(0, b"fLaC") => SoundKind::Sound("FLAC"),
        () if at(0, b"OggS") => SoundKind::Sound("Ogg"),
        () if at(0, b"#!AMR") => SoundKind::Sound("AMR"),
        () if at(4, b"ftyp") && film(&[b"M4A ", b"M4B "]) => SoundKind::Sound("MPEG-4"),
        () if at(4, b"ftyp") => SoundKind::Film("MPEG-4"),
        () if at(0, b"\x1a\x45\xdf\xa3") => SoundKind::Film("Matroska or WebM"),
        () => return None,
    })
}

/// The parts of a WAV file that its sound is made of.
struct Wav<'w> {
    /// The `fmt ` chunk.
    format: &'w [u8],
    data: &'w [u8],
    /// Bytes a frame: one sample of every channel.
    frame: usize,
    /// Frames a second.
    rate: u64,
    /// The byte of silence.
    silence: u8,
    /// How many chunks beside the format and the samples there are.
    others: usize,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The byte that is silence: of samples with a sign 0, of 8-bit samples the middle, of A-law and µ-law their zero.
const fn silence(tag: u16, bits: u16) -> Option<u8> {
    match (tag, bits) {
        (1, 8) => Some(0x80),
        (1, 16 | 24 | 32) | (3, 32 | 64) => Some(0),
        (6, 8) => Some(0xd5),
        (7, 8) => Some(0xff),
        _ => None,
    }
}

/// The coding of the samples; the extensible header says it in the first two bytes of a longer name.
fn coding(format: &[u8]) -> Option<u16> {
    match u16_at(format, 0)? {
        0xfffe => u16_at(format, 24),
        tag => Some(tag),
    }
}

fn parse(bytes: &[u8]) -> Result<Wav<'_>, SoundError> {
    if sound_kind(bytes) != Some(SoundKind::Wav) {
        return Err(SoundError::NotWav);
    }
    let short = || SoundError::Damaged("it ends too early");
    let (mut format, mut data, mut others) = (None, None, 0);
    let mut rest = bytes.get(12..).unwrap_or_default();
    while rest.len() >= 8 {
        let length = u32_at(rest, 4).ok_or_else(short)? as usize;
        let body = rest.get(8..8 + length).ok_or_else(short)?;
        match rest.get(..4) {
            Some(b"fmt ") if format.is_none() => format = Some(body),
            Some(b"data") if data.is_none() => data = Some(body),
            _ => others += 1,
        }
        // A chunk of an odd length is followed by one byte that belongs to nothing.
        rest = rest.get(8 + length + length % 2..).unwrap_or_default();
    }
    let format = format.ok_or(SoundError::Damaged("it does not say how it is coded"))?;
    let data = data.ok_or(SoundError::Damaged("it has no samples"))?;
    let unknown = || SoundError::Damaged("its coding is not one of PCM, floating point, A-law and µ-law");
    let frame = usize::from(u16_at(format, 12).ok_or_else(unknown)?);
    let rate = u64::from(u32_at(format, 4).ok_or_else(unknown)?);
    let bits = u16_at(format, 14).ok_or_else(unknown)?;
    let channels = usize::from(u16_at(format, 2).ok_or_else(unknown)?);
    let silence = coding(format).and_then(|tag| silence(tag, bits)).ok_or_else(unknown)?;
    if rate == 0 || frame == 0 || frame != channels * usize::from(bits / 8) {
        return Err(unknown());
    }
    Ok(Wav { format, data, frame, rate, silence, others: others + usize::from(!rest.is_empty()) })
}

impl Wav<'_> {
    /// The bytes of a span, whole frames and never fewer than the span.
    fn bytes_of(&self, (from, until): (u64, u64)) -> std::ops::Range<usize> {
        let frames = |ms: u64, up: bool| {
            let scaled = ms.saturating_mul(self.rate);
            let frames = if up { scaled.div_ceil(1000) } else { scaled / 1000 };
            usize::try_from(frames).unwrap_or(usize::MAX).saturating_mul(self.frame).min(self.data.len())
        };
        frames(from, false)..frames(until, true)
    }
}

/// The copy of a WAV recording with these spans silent and nothing in it but its samples, read again before it is
/// given.
///
/// # Errors
///
/// [`SoundError`]; there is never a partial copy.
pub fn silence_and_verify(source: &[u8], spans: &Spans, stem: &str) -> Result<SafeFile, SoundError> {
    let wav = parse(source)?;
    let mut data = wav.data.to_vec();
    for span in spans {
        if let Some(bytes) = data.get_mut(wav.bytes_of(*span)) {
            bytes.fill(wav.silence);
        }
    }
    let bytes = written(wav.format, &data)?;
    verify(&bytes, spans)?;
    Ok(SafeFile { name: format!("{stem}.wav"), media_type: "audio/wav", bytes })
}

fn written(format: &[u8], data: &[u8]) -> Result<Vec<u8>, SoundError> {
    let long = |n: usize| u32::try_from(n).map_err(|_| SoundError::Damaged("it is too long"));
    let padded = |n: usize| n + n % 2;
    let mut out = Vec::with_capacity(data.len() + format.len() + 32);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&long(4 + 8 + padded(format.len()) + 8 + padded(data.len()))?.to_le_bytes());
    out.extend_from_slice(b"WAVE");
    for (name, body) in [(b"fmt ", format), (b"data", data)] {
        out.extend_from_slice(name);
        out.extend_from_slice(&long(body.len())?.to_le_bytes());
        out.extend_from_slice(body);
        out.extend(std::iter::repeat_n(0, body.len() % 2));
    }
    Ok(out)
}

/// Reads a copy again: silent where it must be, and nothing in it but its samples.
fn verify(copy: &[u8], spans: &Spans) -> Result<(), SoundError> {
    let wav = parse(copy)?;
    if wav.others > 0 || copy.len() != 12 + 16 + even(wav.format.len()) + even(wav.data.len()) {
        return Err(SoundError::Foreign);
    }
    let silent = |span: &(u64, u64)| {
        wav.data.get(wav.bytes_of(*span)).unwrap_or_default().iter().all(|b| *b == wav.silence)
    };
    if spans.iter().all(silent) { Ok(()) } else { Err(SoundError::NotSilent) }
}

const fn even(length: usize) -> usize {
    length + length % 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(tag: u16, bits: u16, sample: u8, frames: usize) -> Vec<u8> {
        let width = usize::from(bits / 8);
        let mut format = Vec::new();
        for part in [tag, 1] {
            format.extend_from_slice(&part.to_le_bytes());
        }
        format.extend_from_slice(&8000_u32.to_le_bytes());
        format.extend_from_slice(&(8000 * u32::from(bits / 8)).to_le_bytes());
        format.extend_from_slice(&(bits / 8).to_le_bytes());
        format.extend_from_slice(&bits.to_le_bytes());
        written(&format, &vec![sample; frames * width]).unwrap()
    }

    #[test]
    fn a_span_is_silent_and_the_rest_is_as_it_was() {
        for (tag, bits, silent) in
            [(1, 16, 0), (1, 8, 0x80), (3, 32, 0), (6, 8, 0xd5), (7, 8, 0xff), (1, 24, 0)]
        {
            let source = wav(tag, bits, 0x55, 8000);
            let copy = silence_and_verify(&source, &[(250, 500)], "document-0001").unwrap();
            let (before, after) = (parse(&source).unwrap(), parse(&copy.bytes).unwrap());
            let span = after.bytes_of((250, 500));
            assert_eq!(span.len(), 2000 * usize::from(bits / 8), "{tag}");
            assert!(after.data[span.clone()].iter().all(|b| *b == silent), "{tag}");
            assert_eq!(after.data[..span.start], before.data[..span.start]);
            assert_eq!(after.data[span.end..], before.data[span.end..]);
        }
    }

    #[test]
    fn what_is_beside_the_samples_stays_behind() {
        let mut source = wav(1, 16, 1, 100);
        source.extend_from_slice(b"LIST\x0a\0\0\0Sean 01524");
        source.extend_from_slice(b"tail");
        let copy = silence_and_verify(&source, &[], "document-0001").unwrap();
        assert!(!copy.bytes.windows(4).any(|w| w == b"Sean" || w == b"tail"));
        assert_eq!(copy.bytes, wav(1, 16, 1, 100));
        assert_eq!(verify(&source, &[]), Err(SoundError::Foreign));
    }

    #[test]
    fn a_copy_that_sounds_is_no_copy() {
        let source = wav(1, 16, 1, 8000);
        assert_eq!(verify(&source, &[(0, 10)]), Err(SoundError::NotSilent));
        assert_eq!(verify(&source, &[(5000, 9000)]), Ok(()), "after its end nothing sounds");
    }

    #[test]
    fn what_cannot_be_edited_is_not_let_through() {
        for (bytes, kind) in [
            (&b"ID3\x04rest"[..], Some(SoundKind::Sound("MP3"))),
            (b"OggS....", Some(SoundKind::Sound("Ogg"))),
            (b"\0\0\0\x18ftypM4A rest", Some(SoundKind::Sound("MPEG-4"))),
            (b"\0\0\0\x18ftypisomrest", Some(SoundKind::Film("MPEG-4"))),
            (b"words", None),
            (b"", None),
        ] {
            assert_eq!(sound_kind(bytes), kind);
            assert_eq!(silence_and_verify(bytes, &[], "x"), Err(SoundError::NotWav));
        }
        let unknown = wav(0x11, 8, 1, 10);
        assert!(matches!(silence_and_verify(&unknown, &[], "x"), Err(SoundError::Damaged(_))));
        assert!(matches!(
            silence_and_verify(&wav(1, 16, 1, 10)[..30], &[], "x"),
            Err(SoundError::Damaged(_))
        ));
    }
}
