use crate::pb::identity as pb;
use crate::requests::identity as read;
use idesluss_domain::identity::organisations::{Code, CodeList, Organisation};

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

impl From<&Organisation> for pb::Organisation {
    /// Without what anybody may do with it.
    fn from(organisation: &Organisation) -> Self {
        let settings = &organisation.settings;
        let codes = |list| {
            let codes = organisation.codes.get(&list).into_iter().flatten();
            codes.map(pb::Code::from).collect()
        };
        Self {
            organisation: organisation.id.to_string(),
            name: settings.name.clone(),
            prefix: settings.prefix.to_string(),
            kind: pb::OrganisationKind::from(settings.kind).into(),
            public_body: settings.public_body,
            answer_working_days: settings.answer_working_days.into(),
            decision_days: settings.decision_days.into(),
            areas: codes(CodeList::Areas),
            units: codes(CodeList::Units),
            administrators: u32::try_from(organisation.administrators.len()).unwrap_or(u32::MAX),
            actions: Vec::new(),
        }
    }
}
