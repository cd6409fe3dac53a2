use crate::components::Wording;
use crate::lang::Lang;
use crate::phrases;
use crate::view::text;
use askama::Template;
use idesluss_proto::Fillable;
use idesluss_proto::pb::command::Text;
use std::collections::HashMap;

/// Names and values, a line each.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/facts.html")]
pub(crate) struct Facts(pub(crate) Vec<(String, Wording)>);

impl Facts {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Facts without those that are empty.
pub(crate) fn facts<const N: usize, V: Into<Wording>>(facts: [(&str, V); N]) -> Facts {
    let facts = facts.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
    Facts(facts.filter(|(_, value)| !value.is_empty()).collect())
}

/// What somebody wrote, each paragraph for paragraph under what it tells.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/texts.html")]
pub(crate) struct Texts(pub(crate) Vec<(String, Wording)>);

impl Texts {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Texts without those that are empty.
pub(crate) fn written<const N: usize>(texts: [(&str, Wording); N]) -> Texts {
    Texts(facts(texts).0)
}

/// What was written into the fields of a request, in its order, each with what the field is called; what is empty is left out.
pub(crate) fn fields_of<R: Fillable>(l: Lang, texts: &HashMap<String, Text>) -> Texts {
    let fields = R::FIELDS.iter().filter_map(|field| {
        let shown = text(l, texts.get(field.name));
        let name = l.phrase(phrases::Kind::Field, field.name, &[])?;
        (!shown.is_empty()).then_some((name, shown))
    });
    Texts(fields.collect())
}
