//! Who reads what is told: in which language, by which names people are called, and how exactly times are said.

use crate::lang::Lang;
use crate::phrases;
use crate::refusals;
use crate::session::User;
use crate::view::moment;
use idesluss_auditor::dossier::CriterionSeen;
use idesluss_domain::words::{OrganisationId, PersonId};
use idesluss_runtime::{Directory, Person};
use std::sync::Arc;

/// Somebody who reads.
pub(crate) struct Reader<'a> {
    pub(crate) lang: Lang,
    directory: Arc<Directory>,
    /// Whose people learn the names that they learn; None: whoever sits at the machine.
    home: Option<OrganisationId>,
    /// Pseudonyms beside names, times in UTC as they were recorded: for whoever looks further.
    exact: bool,
    /// What what is told was assessed by.
    criteria: &'a [CriterionSeen],
}

impl<'a> Reader<'a> {
    /// Somebody before a page.
    pub(crate) fn of(user: &User) -> Self {
        Self {
            lang: user.lang,
            directory: user.web.directory(),
            home: Some(user.acting_as.organisation.clone()),
            exact: false,
            criteria: &[],
        }
    }

    /// Somebody at a command line.
    pub(crate) fn exact(directory: Arc<Directory>) -> Self {
        Self {
            lang: Lang::ENGLISH,
            directory,
            home: None,
            exact: true,
            criteria: &[],
        }
    }

    /// The same reader of something that was assessed by these criteria.
    pub(crate) fn of_criteria<'b>(&self, criteria: &'b [CriterionSeen]) -> Reader<'b>
    where
        'a: 'b,
    {
        Reader {
            lang: self.lang,
            directory: self.directory.clone(),
            home: self.home.clone(),
            exact: self.exact,
            criteria,
        }
    }

    /// What a field is called.
    pub(crate) fn field(&self, field: &str) -> String {
        let key = field.strip_prefix("rationales.");
        let known = self.criteria.iter().find(|known| Some(known.key.as_str()) == key);
        let name = known.map(|known| phrases::criterion_name(self.lang, &known.key, (&known.name_sv, &known.name_en)));
        match name {
            Some(name) if !name.is_empty() => name,
            _ => refusals::field(self.lang, field),
        }
    }

    /// A person whose pseudonym stands somewhere.
    pub(crate) fn name(&self, pseudonym: &str) -> String {
        if pseudonym.parse::<PersonId>().is_ok_and(|person| person.0.is_nil()) {
            return self.lang.t("common-whoever-runs-the-machines").to_owned();
        }
        let known = pseudonym.parse().ok().and_then(|person| self.directory.person(person));
        match (known, self.exact) {
            (Some(person), false) => self.called(person),
            (Some(person), true) => format!("{} ({pseudonym})", person.name),
            (None, false) => self.lang.t("common-unknown-person").to_owned(),
            (None, true) => pseudonym.to_owned(),
        }
    }

    /// What a person is called here: by their name, or by where they are, where only their own organisation learns it.
    pub(crate) fn called(&self, person: &Person) -> String {
        let name = match &self.home {
            Some(home) => person.name_for(home),
            None => Some(&*person.name),
        };
        match (name, &person.named_in) {
            (Some(name), _) => name.to_owned(),
            (None, home) => {
                let home = home
                    .as_ref()
                    .map_or_else(String::new, |home| self.organisation(home.as_str()));
                // The beginning of the pseudonym tells one from another where they are chosen among.
                let pseudonym = person.id.to_string();
                let begin = pseudonym.split('-').next().unwrap_or_default();
                format!("{} {home} ({begin})", self.lang.t("common-somebody-in"))
            }
        }
    }

    /// These people to choose from.
    pub(crate) fn choices<'p>(&self, people: impl Iterator<Item = &'p Person>) -> Vec<(String, String)> {
        people
            .map(|person| (person.id.to_string(), self.called(person)))
            .collect()
    }

    /// The name of an organisation.
    pub(crate) fn organisation(&self, id: &str) -> String {
        let known = id.parse().ok().and_then(|id| self.directory.organisation(&id));
        known.map_or_else(|| id.to_owned(), |known| known.name.clone())
    }

    /// A time in UTC.
    pub(crate) fn moment(&self, time: &str) -> String {
        if self.exact {
            time.to_owned()
        } else {
            moment(self.lang, time)
        }
    }

    /// A day.
    pub(crate) fn day(&self, day: &str) -> String {
        if self.exact { day.to_owned() } else { self.lang.day(day) }
    }

    /// How many there are.
    pub(crate) fn number(&self, number: u64) -> String {
        if self.exact {
            number.to_string()
        } else {
            self.lang.grouped(number)
        }
    }
}
