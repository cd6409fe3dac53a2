//! Reading a process's settings: from the environment and an optional TOML file, nothing unknown accepted.

use config::{Config, Environment, File, FileFormat, Map, Source, Value};
use idesluss_domain::SERVICES;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The beginning of every variable that is read.
const PREFIX: &str = "IDESLUSS_";

/// Names the settings' file; read by the command line, not a setting itself.
pub const FILE_VARIABLE: &str = "IDESLUSS_CONFIG";

/// Why settings can't be used. Every sentence names the setting.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file or a variable says something that is not understood, or something required is missing.
    #[error("the settings are not understood: {0}")]
    Form(#[from] config::ConfigError),
    /// A secret's file can't be read.
    #[error("{setting} names {path}, which can't be read: {reason}")]
    Secret {
        /// The setting.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// A setting has a value that can't be.
    #[error("{setting}: {sentence}")]
    Value {
        /// The setting.
        setting: String,
        /// What is wrong, and what to do.
        sentence: String,
    },
}

impl ConfigError {
    /// A setting with a value that can't be.
    pub fn value(setting: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self::Value {
            setting: setting.into(),
            sentence: sentence.into(),
        }
    }
}

/// The table whose tables hold what is one member's own.
const OWN: &str = "services";

pub use idesluss_domain::GATEWAY;

/// What only services have, and what only the gateway has: where a process runs both, each leaves the other's to it.
const OF_SERVICES: [&str; 7] = ["broker", "data", "database", "grpc", "keys", "signing", "witness"];
const OF_GATEWAY: [&str; 1] = ["web"];

/// Reads the settings of one member of a process, a service or the gateway: the file first, then the environment, which goes before it.
///
/// `IDESLUSS_DATABASE__URL` is `url` in the table `database`. What stands in the table `services.<member>` goes before what all members have;
/// where there are such tables, what only services have is no mistake for the gateway, nor the other way round.
/// Lists in the environment are separated by commas. What `T` does not know is refused, in the file and in the environment, when it denies
/// unknown fields; `T` should.
pub fn load<T: DeserializeOwned>(file: Option<&Path>, member: &str, lists: &[String]) -> Result<T, ConfigError> {
    let set = std::env::vars().filter(|(name, _)| name != FILE_VARIABLE);
    load_from(file, set.collect(), member, lists)
}

fn load_from<T: DeserializeOwned>(
    file: Option<&Path>,
    variables: HashMap<String, String>,
    member: &str,
    lists: &[String],
) -> Result<T, ConfigError> {
    let ours = variables.into_iter().filter(|(name, _)| name.starts_with(PREFIX));
    let mut environment = Environment::with_prefix("IDESLUSS")
        .prefix_separator("_")
        .separator("__")
        .try_parsing(true)
        .list_separator(",");
    for list in lists {
        environment = environment
            .with_list_parse_key(list)
            .with_list_parse_key(&format!("{OWN}.{member}.{list}"));
    }
    let mut builder = Config::builder();
    if let Some(file) = file {
        builder = builder.add_source(File::from(file).format(FileFormat::Toml));
    }
    let read = builder.add_source(environment.source(Some(ours.collect()))).build()?;
    let mut all = read.collect()?;
    let own = match all.remove(OWN) {
        Some(members) => {
            let of_others: &[&str] = if member == GATEWAY { &OF_SERVICES } else { &OF_GATEWAY };
            all.retain(|key, _| !of_others.contains(&key.as_str()));
            of_member(members.into_table()?, member)?
        }
        None => Map::new(),
    };
    let merged = Config::builder().add_source(Table(all)).add_source(Table(own));
    Ok(merged.build()?.try_deserialize()?)
}

/// What is a member's own. Errors: there is something of a member that there is not.
fn of_member(mut members: Map<String, Value>, member: &str) -> Result<Map<String, Value>, ConfigError> {
    let is_known = |name: &str| name == GATEWAY || SERVICES.contains(&name);
    if let Some(unknown) = members.keys().find(|name| !is_known(name)) {
        let known = SERVICES.join(", ");
        return Err(ConfigError::value(
            format!("{OWN}.{unknown}"),
            format!("there is no such service: {OWN} knows {known} and {GATEWAY}"),
        ));
    }
    let own = members.remove(member).map(Value::into_table).transpose()?;
    Ok(own.unwrap_or_default())
}

/// Values that were read already.
#[derive(Debug, Clone)]
struct Table(Map<String, Value>);

impl Source for Table {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        Ok(self.0.clone())
    }
}

/// Reads a secret from a file, without the newline at its end.
pub fn secret(setting: &'static str, path: &Path) -> Result<String, ConfigError> {
    let read = std::fs::read_to_string(path).map_err(|reason| ConfigError::Secret {
        setting,
        path: path.to_owned(),
        reason,
    })?;
    Ok(read.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        name: String,
        #[serde(default)]
        database: Database,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Database {
        #[serde(default)]
        url: String,
        #[serde(default)]
        hosts: Vec<String>,
        #[serde(default)]
        seconds: u32,
    }

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, text).expect("written");
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load_from(
            Some(&file),
            variables.collect(),
            "submission",
            &["database.hosts".to_owned()],
        )
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        let settings = read(
            "name = \"a\"\n[database]\nurl = \"x\"\nseconds = 1\n",
            &[
                ("IDESLUSS_DATABASE__URL", "y"),
                ("IDESLUSS_DATABASE__HOSTS", "one,two"),
                ("PATH", "/bin"),
            ],
        )
        .expect("settings");
        let hosts = vec!["one".to_owned(), "two".to_owned()];
        let database = Database {
            url: "y".into(),
            hosts,
            seconds: 1,
        };
        assert_eq!(settings.database, database);
    }

    #[test]
    fn what_is_unknown_or_missing_is_refused_by_its_name() {
        for (text, variables, named) in [
            ("name = \"a\"\nnmae = 1\n", &[][..], "nmae"),
            ("name = \"a\"\n", &[("IDESLUSS_DATABASE__URI", "x")][..], "uri"),
            ("", &[][..], "name"),
            ("name = \"a\"\n[database]\nseconds = \"soon\"\n", &[][..], "seconds"),
        ] {
            let said = read(text, variables).expect_err("refused").to_string();
            assert!(said.contains(named), "{said}");
        }
    }

    #[test]
    fn what_is_a_members_own_goes_before_what_all_have() {
        let file = "name = \"all\"\ndatabase = { url = \"x\", seconds = 1 }\n[services.submission]\nname = \"own\"\n[services.submission.database]\nurl = \"y\"\n[services.gateway]\nweb = 1\n";
        let hosts = ("IDESLUSS_SERVICES__SUBMISSION__DATABASE__HOSTS", "one,two");
        let settings = read(file, &[hosts]).expect("settings");
        let database = Database {
            url: "y".into(),
            hosts: vec!["one".to_owned(), "two".to_owned()],
            seconds: 1,
        };
        assert_eq!((settings.name.as_str(), settings.database), ("own", database));
        for (more, named) in [
            ("[services.submision]\nname = \"b\"", "submision"),
            ("[services.submission]\nnmae = \"b\"", "nmae"),
        ] {
            let said = read(&format!("name = \"a\"\n{more}"), &[]).expect_err(more).to_string();
            assert!(said.contains(named), "{said}");
        }
    }
}
