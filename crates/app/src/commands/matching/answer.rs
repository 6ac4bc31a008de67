//! What `counterfoil match` prints.

use counterfoil_finding::matching::{Bar, Explanation, Matches, Pair, Quality, Report};
use serde::Serialize;

use crate::out::CommandError;

/// What was found, and how it is to be shown.
pub struct Answer<'a> {
    pub matches: &'a Matches,
    pub threshold: f64,
    pub explain: bool,
    pub clusters: bool,
}

#[derive(Serialize)]
struct Json<'a> {
    threshold: f64,
    report: &'a Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<Quality>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pairs: Option<Vec<JsonPair<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clusters: Option<Vec<Vec<Member<'a>>>>,
}

#[derive(Serialize)]
struct JsonPair<'a> {
    a: &'a str,
    b: &'a str,
    probability: f64,
    weight: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Vec<Bar>>,
}

#[derive(Serialize)]
struct Member<'a> {
    file: u8,
    id: &'a str,
}

fn failed(error: impl std::fmt::Display) -> CommandError {
    CommandError::failed("output", format!("the answer could not be written: {error}"))
}

impl Answer<'_> {
    /// One JSON object: threshold, report, quality (with a gold column), and pairs or clusters.
    pub fn json(&self) -> Result<String, CommandError> {
        let matches = self.matches;
        let json = Json {
            threshold: self.threshold,
            report: &matches.report,
            quality: matches.quality(self.threshold),
            pairs: (!self.clusters).then(|| matches.pairs.iter().map(|p| self.pair(p)).collect()),
            clusters: self.clusters.then(|| self.members()),
        };
        let mut text = serde_json::to_string_pretty(&json).map_err(failed)?;
        text.push('\n');
        Ok(text)
    }

    fn pair(&self, pair: &Pair) -> JsonPair<'_> {
        let (a, b) = self.matches.ids(pair);
        let explanation = self.explain.then(|| self.matches.explain(pair).bars);
        JsonPair { a, b, probability: pair.probability(), weight: pair.weight, explanation }
    }

    fn members(&self) -> Vec<Vec<Member<'_>>> {
        let groups = self.matches.clusters(self.threshold).into_iter();
        groups.map(|group| group.into_iter().map(|(file, id)| Member { file, id }).collect()).collect()
    }

    /// A line a pair, or a line a record with its cluster's number.
    pub fn csv(&self) -> Result<String, CommandError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        if self.clusters { self.cluster_lines(&mut writer) } else { self.pair_lines(&mut writer) }
            .map_err(failed)?;
        String::from_utf8(writer.into_inner().map_err(failed)?).map_err(failed)
    }

    fn cluster_lines(&self, writer: &mut csv::Writer<Vec<u8>>) -> csv::Result<()> {
        writer.write_record(["cluster", "file", "id"])?;
        for (number, group) in (1..).zip(self.matches.clusters(self.threshold)) {
            for (file, id) in group {
                writer.write_record([&number.to_string(), &file.to_string(), id])?;
            }
        }
        Ok(())
    }

    fn pair_lines(&self, writer: &mut csv::Writer<Vec<u8>>) -> csv::Result<()> {
        let explained = self.explain.then_some("explanation");
        writer.write_record(["id_a", "id_b", "probability", "weight"].into_iter().chain(explained))?;
        for pair in &self.matches.pairs {
            let (a, b) = self.matches.ids(pair);
            let (probability, weight) = (format!("{:.9}", pair.probability()), format!("{:.4}", pair.weight));
            let why = self.explain.then(|| waterfall(&self.matches.explain(pair)));
            writer.write_record([a, b, &probability, &weight].into_iter().chain(why.as_deref()))?;
        }
        Ok(())
    }
}

/// The bars in words: `surname: exact +9.31 (rarity +2.10); …`.
fn waterfall(explanation: &Explanation) -> String {
    let bar = |bar: &Bar| {
        let rarity = if bar.rarity == 0.0 { String::new() } else { format!(" (rarity {:+.2})", bar.rarity) };
        format!("{}: {} {:+.2}{rarity}", bar.field, bar.level, bar.weight)
    };
    explanation.bars.iter().map(bar).collect::<Vec<_>>().join("; ")
}
