//! The contract's own options, read.

use prost_reflect::{DynamicMessage, EnumDescriptor, FieldDescriptor, MessageDescriptor, ReflectMessage as _, Value};

/// Where the texts of a command go, and whether it can be undone.
pub(crate) struct CommandRule {
    pub(crate) event: String,
    pub(crate) scope: String,
    pub(crate) about: String,
    pub(crate) begins: bool,
    pub(crate) irreversible: bool,
}

/// What may stand in a field.
#[derive(Default)]
pub(crate) struct FieldRule {
    pub(crate) word: String,
    pub(crate) optional: bool,
    pub(crate) min: u32,
    pub(crate) max: u32,
    /// The constant of the domain that stands for `max`; empty: none does.
    pub(crate) most: String,
    pub(crate) each: u32,
    pub(crate) usual: u32,
    pub(crate) seals: String,
    pub(crate) event: String,
    pub(crate) confirmed: bool,
}

impl CommandRule {
    pub(crate) fn of(message: &MessageDescriptor) -> Option<Self> {
        let rule = option(&message.options(), "idesluss.contract.v1.command")?;
        let rule = rule.as_message()?;
        Some(Self {
            event: text(rule, "event"),
            scope: text(rule, "scope"),
            about: text(rule, "about"),
            begins: flag(rule, "begins"),
            irreversible: flag(rule, "irreversible"),
        })
    }
}

impl FieldRule {
    pub(crate) fn of(field: &FieldDescriptor) -> Option<Self> {
        let rule = option(&field.options(), "idesluss.contract.v1.rule")?;
        let rule = rule.as_message()?;
        let number = |name: &str| {
            rule.get_field_by_name(name)
                .and_then(|value| value.as_u32())
                .unwrap_or_default()
        };
        let optional = flag(rule, "optional");
        let floor = u32::from(!optional);
        Some(Self {
            word: text(rule, "word"),
            optional,
            min: number("min").max(floor),
            max: number("max"),
            most: text(rule, "most"),
            each: number("each"),
            usual: number("usual"),
            seals: text(rule, "seals"),
            event: text(rule, "event"),
            confirmed: flag(rule, "confirmed"),
        })
    }
}

/// The domain's type of the same words.
pub(crate) fn words(words: &EnumDescriptor) -> Option<String> {
    option(&words.options(), "idesluss.contract.v1.words")?
        .as_str()
        .map(str::to_owned)
}

fn option(options: &DynamicMessage, name: &str) -> Option<Value> {
    let extension = options.descriptor().parent_pool().get_extension_by_name(name)?;
    options
        .has_extension(&extension)
        .then(|| options.get_extension(&extension).into_owned())
}

fn text(message: &DynamicMessage, name: &str) -> String {
    let value = message.get_field_by_name(name);
    value
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn flag(message: &DynamicMessage, name: &str) -> bool {
    let value = message.get_field_by_name(name);
    value.and_then(|value| value.as_bool()).unwrap_or_default()
}
