//! What forms fill in: a request's fields by their names, tags and kinds.

use crate::requests::{Head, head};
use crate::rule::FieldRule;
use crate::{package, rpcs, words};
use proc_macro2::TokenStream;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use quote::quote;

/// Its fields for whoever fills it in.
pub(crate) fn fillable(
    message: &MessageDescriptor,
    request: &TokenStream,
    plain: &TokenStream,
) -> Result<TokenStream, syn::Error> {
    let field = |field: FieldDescriptor| {
        let rule = FieldRule::of(&field).unwrap_or_default();
        let (name, tag) = (field.name(), field.number());
        let optional = rule.optional || matches!(field.kind(), Kind::Bool) && !rule.confirmed;
        let (min, max, each) = (rule.min as usize, words::most(&rule)?, rule.each as usize);
        let (many, longest) = match field.is_list() {
            true => (quote!(Some(crate::Count { min: #min, max: #max })), quote!(#each)),
            false => (quote!(None), max),
        };
        let kind = match field.kind() {
            _ if head(&field) == Head::Command => quote!(Command),
            Kind::String if rule.word.ends_with("Decimal") => quote!(Decimal),
            Kind::String if rule.word.ends_with("Id") => quote!(Id),
            Kind::String if rule.word == "Date" => quote!(Date),
            Kind::String if !rule.word.is_empty() => quote!(Word),
            Kind::String => quote!(Text(#longest)),
            Kind::Bool => quote!(Bool),
            Kind::Uint32 => quote!(Number(u32::MAX as u64)),
            Kind::Uint64 => quote!(Number(crate::LARGEST)),
            Kind::Enum(choices) => {
                let numbers = words::stated(&choices).map(|value| value.number());
                quote!(Choice(&[#(#numbers),*]))
            }
            Kind::Message(part) if package(part.full_name()) != "command" => {
                let part = rpcs::path(&part);
                quote!(Part(<#part as crate::Fillable>::FIELDS))
            }
            _ => quote!(Other),
        };
        Ok(quote! {
            crate::Field {
                name: #name,
                tag: #tag,
                kind: crate::FieldKind::#kind,
                many: #many,
                optional: #optional,
            }
        })
    };
    let fields = message.fields().map(field).collect::<Result<Vec<_>, syn::Error>>()?;
    Ok(quote! {
        impl crate::Fillable for #request {
            const FIELDS: &'static [crate::Field] = &[#(#fields),*];

            fn problems(self) -> Vec<crate::FieldProblem> {
                let mut reader = crate::Reader::default();
                <#plain>::read(self, &mut reader);
                reader.into_problems()
            }
        }
    })
}
