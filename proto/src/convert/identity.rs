use crate::pb::identity as pb;
use crate::requests::identity as read;
use idesluss_domain::identity::mapping::{Demands, Mapping, MappingLine};
use idesluss_domain::identity::organisations::{Code, CodeList, Organisation, OrganisationSettings};
use idesluss_domain::identity::terms::Terms;
use idesluss_domain::words::Date;

impl From<&Code> for pb::Code {
    fn from(code: &Code) -> Self {
        Self {
            code: code.code.to_string(),
            name: code.name.clone(),
        }
    }
}

impl From<read::Code> for Code {
    fn from(read: read::Code) -> Self {
        Self {
            code: read.code,
            name: read.name,
        }
    }
}

impl From<&OrganisationSettings> for pb::OrganisationSettings {
    fn from(settings: &OrganisationSettings) -> Self {
        Self {
            name: settings.name.clone(),
            prefix: settings.prefix.to_string(),
            kind: pb::OrganisationKind::from(settings.kind).into(),
            public_body: settings.public_body,
            answer_working_days: settings.answer_working_days.into(),
            decision_days: settings.decision_days.into(),
            idle_minutes: settings.idle_minutes.into(),
            session_hours: settings.session_hours.into(),
        }
    }
}

impl From<read::OrganisationSettings> for OrganisationSettings {
    fn from(read: read::OrganisationSettings) -> Self {
        // What fits, after its bounds were checked.
        let fit = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
        Self {
            name: read.name,
            prefix: read.prefix,
            kind: read.kind,
            public_body: read.public_body,
            answer_working_days: fit(read.answer_working_days),
            decision_days: fit(read.decision_days),
            idle_minutes: fit(read.idle_minutes),
            session_hours: fit(read.session_hours),
        }
    }
}

/// An organisation as it is on a day, without what anybody may do with it.
pub fn write_organisation(organisation: &Organisation, today: Date) -> pb::Organisation {
    let codes = |list| {
        let codes = organisation.codes.get(&list).into_iter().flatten();
        codes.map(pb::Code::from).collect()
    };
    pb::Organisation {
        organisation: organisation.id.to_string(),
        settings: Some((&organisation.settings).into()),
        areas: codes(CodeList::Areas),
        units: codes(CodeList::Units),
        administrators: u32::try_from(organisation.administrators.active_on(today).count()).unwrap_or(u32::MAX),
        actions: Vec::new(),
        terms_in_force: organisation.terms_in_force(),
        terms: organisation.terms.as_ref().map(|adopted| (&adopted.terms).into()),
        colour: written(organisation.look.colour.as_ref()),
        logo: written(organisation.look.logo.as_ref()),
        ideas_per_day: organisation.ideas_per_day.map_or(0, u32::from),
    }
}

fn written(word: Option<&impl ToString>) -> String {
    word.map(ToString::to_string).unwrap_or_default()
}

impl From<&Terms> for pb::Terms {
    fn from(terms: &Terms) -> Self {
        Self {
            sv: terms.sv.clone(),
            en: terms.en.clone(),
        }
    }
}

impl From<read::Terms> for Terms {
    fn from(read: read::Terms) -> Self {
        Self {
            sv: read.sv,
            en: read.en,
        }
    }
}

impl From<&Mapping> for pb::Mapping {
    fn from(mapping: &Mapping) -> Self {
        let line = |line: &MappingLine| pb::MappingLine {
            value: line.value.clone().unwrap_or_default(),
            role: crate::pb::command::Role::from(line.role).into(),
        };
        Self {
            provider: mapping.provider.to_string(),
            claim: mapping.claim.clone(),
            acr: mapping.demands.acr.join(" "),
            amr: mapping.demands.amr.join(" "),
            lines: mapping.lines.iter().map(line).collect(),
        }
    }
}

impl From<read::Mapping> for Mapping {
    fn from(read: read::Mapping) -> Self {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let line = |line: read::MappingLine| MappingLine {
            value: Some(line.value).filter(|value| !value.is_empty()),
            role: line.role,
        };
        Self {
            provider: read.provider,
            claim: read.claim,
            demands: Demands {
                acr: words(&read.acr),
                amr: words(&read.amr),
            },
            lines: read.lines.into_iter().map(line).collect(),
        }
    }
}
