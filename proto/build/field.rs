//! A field of a request as it is read: its type, how it is read, and what of it is sealed.

use crate::requests::{Checked, Head, Outcome};
use crate::rule::FieldRule;
use crate::{package, rpcs, rule, words};
use proc_macro2::TokenStream;
use prost_reflect::{FieldDescriptor, Kind};
use quote::{format_ident, quote};

/// A field as it is read.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) docs: String,
    /// Its type once it has been read; `T` stands for a text.
    pub(crate) ty: TokenStream,
    /// Reads it from `request`: gives an option, None where something is wrong.
    pub(crate) read: TokenStream,
    pub(crate) text: Text,
}

/// What of a field is to be sealed.
pub(crate) enum Text {
    /// Nothing.
    None,
    /// The field itself, for this member of the event; one that may be left out is an option.
    Sealed {
        member: String,
        event: String,
        optional: bool,
    },
    /// A text among others of the event's member `texts`.
    Of { key: String, event: String, optional: bool },
    /// Texts in its parts.
    Parts,
}

/// The name of the event: the command's unless the field has one of its own.
pub(crate) fn event_name(own: &str) -> TokenStream {
    if own.is_empty() { quote!(event) } else { quote!(#own) }
}

/// A member's path in the event.
pub(crate) fn path_in_event(member: &str) -> TokenStream {
    if let Some((before, after)) = member.split_once('#') {
        let format = format!("{before}{{number}}{after}");
        return quote!(&format!(#format));
    }
    if let Some((before, field)) = member.split_once('{') {
        let (format, field) = (
            format!("{before}{{}}"),
            format_ident!("{}", field.trim_end_matches('}')),
        );
        return quote!(&format!(#format, self.#field));
    }
    quote!(#member)
}

impl Field {
    pub(crate) fn of(field: &FieldDescriptor) -> Outcome<Self> {
        let name = field.name().to_owned();
        let rule = FieldRule::of(field);
        let docs = comment(field);
        let has_rule = rule.is_some();
        let rule = rule.unwrap_or_default();
        let own = format_ident!("{name}");
        let wrong = |why: &str| format!("{}: {why}", field.full_name());
        let (min, max, each) = (rule.min as usize, words::most(&rule)?, rule.each as usize);
        let mut text = Text::None;
        let (ty, read) = match field.kind() {
            Kind::String if !has_rule => return Err(wrong("a text without a bound").into()),
            ref other if rule.confirmed && !matches!(other, Kind::Bool) => {
                return Err(wrong("only a boolean confirms anything").into());
            }
            Kind::String if field.is_list() && rule.word.is_empty() => (
                quote!(Vec<String>),
                quote!(reader.open_texts(#name, request.#own, #min..=#max, #each)),
            ),
            Kind::String if field.is_list() => {
                let word = words::domain_path(&rule.word)?;
                (
                    quote!(Vec<#word>),
                    quote!(reader.words::<#word>(#name, &request.#own, #min..=#max)),
                )
            }
            Kind::String if !rule.word.is_empty() => {
                let word = words::domain_path(&rule.word)?;
                if rule.optional {
                    (
                        quote!(Option<#word>),
                        quote!(reader.word_if_any::<#word>(#name, &request.#own)),
                    )
                } else {
                    (word.clone(), quote!(reader.word::<#word>(#name, &request.#own)))
                }
            }
            Kind::String if rule.seals.is_empty() => (
                quote!(String),
                quote!(reader.open_text(#name, request.#own, #min..=#max)),
            ),
            Kind::String => {
                let (event, optional) = (rule.event.clone(), rule.optional);
                text = match rule.seals.strip_prefix("texts.") {
                    Some(key) => Text::Of {
                        key: key.to_owned(),
                        event,
                        optional,
                    },
                    None => Text::Sealed {
                        member: rule.seals.clone(),
                        event,
                        optional,
                    },
                };
                if optional {
                    (quote!(Option<T>), quote!(reader.text_if_any(#name, request.#own, #max)))
                } else {
                    (quote!(T), quote!(reader.text(#name, request.#own, #min..=#max)))
                }
            }
            Kind::Enum(kind) => {
                let contract = words::path(&kind);
                let word = match rule::words(&kind) {
                    Some(domain) => words::domain_path(&domain)?,
                    None => contract.clone(),
                };
                if field.is_list() {
                    (
                        quote!(Vec<#word>),
                        quote!(reader.choices::<#contract, #word>(#name, &request.#own, #min..=#max)),
                    )
                } else if rule.optional {
                    (
                        quote!(Option<#word>),
                        quote!(reader.choice_if_any::<#contract, #word>(#name, request.#own)),
                    )
                } else {
                    (
                        word.clone(),
                        quote!(reader.choice::<#contract, #word>(#name, request.#own)),
                    )
                }
            }
            Kind::Bool if rule.confirmed => (quote!(bool), quote!(reader.confirmed(#name, request.#own))),
            Kind::Bool => (quote!(bool), quote!(Some(request.#own))),
            Kind::Uint32 if rule.usual > 0 => {
                let usual = rule.usual;
                (
                    quote!(u32),
                    quote!(Some(crate::request::page_size(request.#own, #usual, #max as u32))),
                )
            }
            Kind::Uint32 if rule.max > 0 || !rule.most.is_empty() => (
                quote!(u32),
                quote!(reader.number(#name, request.#own, #min as u32..=#max as u32)),
            ),
            Kind::Uint32 => (quote!(u32), quote!(Some(request.#own))),
            Kind::Uint64 => (
                quote!(u64),
                quote!(reader.number(#name, request.#own, 0..=crate::LARGEST)),
            ),
            Kind::Message(part) if package(part.full_name()) == "command" => {
                let part = rpcs::path(&part);
                (quote!(Option<#part>), quote!(Some(request.#own)))
            }
            Kind::Message(part) => {
                let checked = Checked::of(&part, Head::None)?;
                let (package, short) = (
                    format_ident!("{}", package(part.full_name())),
                    format_ident!("{}", part.name()),
                );
                let (ty, plain) = if checked.has_texts() {
                    text = Text::Parts;
                    let path = quote!(crate::requests::#package::#short);
                    (quote!(#path<T>), quote!(#path::<crate::Plaintext>))
                } else {
                    let path = quote!(crate::requests::#package::#short);
                    (path.clone(), path)
                };
                if field.is_list() {
                    (
                        quote!(Vec<#ty>),
                        quote!(reader.parts(#name, request.#own, #min..=#max, #plain::read)),
                    )
                } else {
                    (ty, quote!(reader.part(#name, request.#own, #plain::read)))
                }
            }
            other => return Err(wrong(&format!("{other:?} has no place in a command")).into()),
        };
        Ok(Self {
            name,
            docs,
            ty,
            read,
            text,
        })
    }
}

/// What the contract says of a field.
fn comment(field: &FieldDescriptor) -> String {
    let file = field.parent_message().parent_file();
    let path = field.path();
    let info = file.file_descriptor_proto().source_code_info.as_ref();
    let location = info.and_then(|info| info.location.iter().find(|location| location.path == path));
    location
        .and_then(|location| location.leading_comments.clone())
        .unwrap_or_default()
}
