//! The bill of materials: every part that this executable was built from, from the locked lists that the build used,
//! each with the hash by which it was fetched. CycloneDX 1.6.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use crate::error::{Result, ServiceError};

/// What Cargo locked for this build.
const CRATES: &str = include_str!("../../../Cargo.lock");
/// What npm locked for the bundled style sheets and scripts.
const ASSETS: &str = include_str!("../../../assets/package-lock.json");

/// A part that came from outside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// `cargo` or `npm`.
    pub from: &'static str,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The algorithm and the hash by which it was fetched, in hexadecimal; none when it is locked by nothing.
    pub hash: Option<(&'static str, String)>,
    /// The parts that it needs itself, as their package addresses.
    pub needs: Vec<String>,
}

impl Part {
    /// Its package address, such as `pkg:cargo/jiff@0.2.1`.
    #[must_use]
    pub fn address(&self) -> String {
        address(self.from, &self.name, &self.version)
    }
}

fn address(from: &str, name: &str, version: &str) -> String {
    format!("pkg:{from}/{}@{version}", name.replace('@', "%40"))
}

/// The parts of a build.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bill {
    /// Every part, by address.
    pub parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

#[derive(Deserialize)]
struct Assets {
    packages: BTreeMap<String, Asset>,
}

#[derive(Deserialize)]
struct Asset {
    version: Option<String>,
    integrity: Option<String>,
    #[serde(default)]
    dev: bool,
}

impl Bill {
    /// The parts of this executable.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] when a locked list that is built in cannot be read.
    pub fn of_this() -> Result<Self> {
        Self::read(CRATES, ASSETS)
    }

    /// The parts of these locked lists: what Cargo locked, and what npm locked.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] when one of them cannot be read.
    pub fn read(crates: &str, assets: &str) -> Result<Self> {
        let unreadable =
            |what: &str| ServiceError::Invalid(format!("the locked list of {what} cannot be read"));
        let lock: Lock = toml::from_str(crates).map_err(|_| unreadable("crates"))?;
        let assets: Assets = serde_json::from_str(assets).map_err(|_| unreadable("assets"))?;
        let mut parts: Vec<Part> =
            lock.package.iter().filter(|p| p.source.is_some()).map(|p| of_crate(p, &lock)).collect();
        parts
            .extend(assets.packages.iter().filter(|(_, a)| !a.dev).filter_map(|(path, a)| of_asset(path, a)));
        parts.sort();
        Ok(Self { parts })
    }

    /// The parts that no hash holds to what was fetched.
    pub fn unlocked(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|p| p.hash.is_none())
    }

    /// As CycloneDX 1.6, with further facts about the installation as properties. The same build gives the same bytes.
    #[must_use]
    pub fn cyclonedx(&self, version: &str, properties: &[(String, String)]) -> Value {
        let this = address("cargo", "counterfoil", version);
        let component = |p: &Part| {
            let hashes: Vec<Value> =
                p.hash.iter().map(|(alg, content)| json!({ "alg": alg, "content": content })).collect();
            json!({
                "type": "library", "bom-ref": p.address(), "name": p.name, "version": p.version,
                "purl": p.address(), "hashes": hashes,
            })
        };
        let needs = |p: &Part| json!({ "ref": p.address(), "dependsOn": p.needs });
        let properties: Vec<Value> =
            properties.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {
                "component": {
                    "type": "application", "bom-ref": this, "name": "counterfoil", "version": version, "purl": this,
                },
                "properties": properties,
            },
            "components": self.parts.iter().map(component).collect::<Vec<_>>(),
            "dependencies": self.parts.iter().map(needs).collect::<Vec<_>>(),
        })
    }
}

fn of_crate(package: &Package, lock: &Lock) -> Part {
    // A need is `name`, or `name version` where the lock holds two of that name.
    let need = |need: &String| {
        let mut words = need.split(' ');
        let name = words.next()?;
        let version = words.next();
        let fits = |p: &&Package| p.name == name && version.is_none_or(|v| p.version == v);
        lock.package.iter().find(fits).map(|p| address("cargo", &p.name, &p.version))
    };
    Part {
        from: "cargo",
        name: package.name.clone(),
        version: package.version.clone(),
        hash: package.checksum.clone().map(|sum| ("SHA-256", sum)),
        needs: package.dependencies.iter().filter_map(need).collect(),
    }
}

fn of_asset(path: &str, asset: &Asset) -> Option<Part> {
    use base64::Engine as _;
    let (_, name) = path.rsplit_once("node_modules/")?;
    let hash = asset.integrity.as_deref().and_then(|text| text.strip_prefix("sha512-")).and_then(|text| {
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
        Some(("SHA-512", bytes.iter().map(|b| format!("{b:02x}")).collect()))
    });
    let (name, version) = (name.to_owned(), asset.version.clone()?);
    Some(Part { from: "npm", name, version, hash, needs: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_this_executable_is_held_by_a_hash() {
        let bill = Bill::of_this().unwrap();
        assert!(bill.parts.len() > 200, "{}", bill.parts.len());
        assert_eq!(bill.unlocked().count(), 0, "{:?}", bill.unlocked().next());
        assert!(bill.parts.iter().any(|p| p.name == "jiff"));
        assert!(!bill.parts.iter().any(|p| p.name.starts_with("counterfoil")), "our own are no parts");
        let written = bill.cyclonedx("1.0.0", &[("counterfoil:self-check:keys".into(), "well".into())]);
        let refs: std::collections::BTreeSet<_> = bill.parts.iter().map(Part::address).collect();
        assert_eq!(written["components"].as_array().unwrap().len(), bill.parts.len());
        let needs = written["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|d| d["dependsOn"].as_array().unwrap());
        for need in needs {
            assert!(refs.contains(need.as_str().unwrap()), "{need} is itself a part");
        }
        assert_eq!(written["metadata"]["properties"][0]["value"], "well");
    }

    #[test]
    fn a_part_that_nothing_locks_is_seen() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"git+https://example.org/a\"\n";
        let bill = Bill::read(
            lock,
            "{\"packages\": {\"\": {\"version\": \"1\"}, \"node_modules/@x/b\": {\"version\": \"2.0.0\"}}}",
        )
        .unwrap();
        let unlocked: Vec<String> = bill.unlocked().map(Part::address).collect();
        assert_eq!(unlocked, ["pkg:cargo/a@1.0.0", "pkg:npm/%40x/b@2.0.0"]);
        assert!(Bill::read("nothing", "{}").is_err());
    }
}
